import type {
  CodeAction,
  CodeActionParams,
  Diagnostic,
  Hover,
  HoverParams,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ownsFile, type Policy } from '../../policy/index.ts';
import { dayOf, isExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import {
  type DiagnosticData,
  diagnosticsOf,
  note,
  problemDiagnostic,
  rangeAt,
  type Shown,
} from './diagnostics.ts';
import { Folder, type Tell } from './folder.ts';
import { describePolicy, idAt } from './hover.ts';
import { judgeBuffer } from './judge.ts';
import { bareDayHints, meantPolicy, overrideActions } from './override-actions.ts';
import { below, folderOf, pathOf, repositoryOf, uriOf } from './places.ts';
import { isOverride, type Linted, PolicyFolder } from './policies.ts';
import { type ProposedEdit, proposeEdit } from './proposed-edit.ts';
import { Queue } from './queue.ts';
import type { Settings } from './settings.ts';
import { asExhibitError } from './unknown-error.ts';

/** What the server says to the client. */
export interface Client {
  publish(uri: string, version: number, diagnostics: Diagnostic[]): void;
  tell: Tell;
  log(message: string): void;
  /** Shows Markdown in a hover, and related information of a diagnostic. */
  markdown: boolean;
  related: boolean;
}

/** Pause after a change, in milliseconds: a few keys in a row are one change. A file that takes long waits as long as it takes. */
const PAUSE = 30;
const LONGEST_PAUSE = 1_000;
/** After a change of a policy: its lint starts programs. */
const LINT_PAUSE = 300;
/** How often the disk and the clock are looked at, in milliseconds. */
const TICK = 1_000;

/** A file that is judged, or one of a policy repository. */
type Place =
  | { type: 'input'; folder: Folder; file: string }
  | { type: 'policy'; folder: PolicyFolder; file: string };

/** What a policy proposed for one version of a file. */
interface Offered {
  version: number;
  edits: { shown: Shown; edit: ProposedEdit | undefined }[];
}

/** All that the language server does, behind the protocol. Nothing is recorded: what stands in a buffer is no change that anybody proposes. */
export class Service {
  readonly #documents: TextDocuments<TextDocument>;
  readonly #client: Client;
  readonly #context: Context;
  readonly #folders = new Map<string, Folder>();
  readonly #policies = new Map<string, PolicyFolder>();
  readonly #offered = new Map<string, Offered>();
  readonly #cost = new Map<string, number>();
  readonly #files = new Queue((uri) => this.#judge(uri));
  readonly #lints = new Queue((path) => this.#lint(path));
  readonly #timer: NodeJS.Timeout;
  #roots: string[] = [];
  #settings: Settings = {};

  constructor(documents: TextDocuments<TextDocument>, client: Client, context: Context) {
    this.#documents = documents;
    this.#client = client;
    this.#context = context;
    this.#timer = setInterval(() => this.#look(), TICK).unref();
  }

  setFolders(paths: readonly string[]): void {
    this.#roots = [...paths];
    for (const [path, folder] of this.#folders) {
      if (this.#roots.includes(path)) continue;
      this.#folders.delete(path);
      void folder.close();
    }
    for (const { uri } of this.#documents.all()) this.#files.request(uri, 0);
  }

  get folders(): readonly string[] {
    return this.#roots;
  }

  setSettings(settings: Settings): void {
    this.#settings = settings;
    for (const folder of this.#folders.values()) folder.set(settings);
    for (const { uri } of this.#documents.all()) this.#files.request(uri, 0);
  }

  /** A file was opened or saved. */
  open({ uri }: TextDocument): void {
    this.#files.request(uri, 0);
  }

  changed({ uri }: TextDocument): void {
    this.#files.request(uri, Math.min(LONGEST_PAUSE, Math.max(PAUSE, this.#cost.get(uri) ?? 0)));
  }

  closed({ uri, version }: TextDocument): void {
    this.#files.drop(uri);
    this.#offered.delete(uri);
    this.#cost.delete(uri);
    this.#client.publish(uri, version, []);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#files.close();
    this.#lints.close();
    await Promise.all([...this.#folders.values()].map((folder) => folder.close()));
    this.#folders.clear();
  }

  async hover({ textDocument: { uri }, position }: HoverParams): Promise<Hover | undefined> {
    const text = this.#documents.get(uri);
    if (text === undefined) return undefined;
    const line = text.getText({
      start: { line: position.line, character: 0 },
      end: { line: position.line + 1, character: 0 },
    });
    const found = idAt(line, position.character);
    if (found === undefined) return undefined;
    const policy = (await this.#policiesAt(uri)).get(found.id);
    if (policy === undefined) return undefined;
    const { markdown } = this.#client;
    return {
      contents: { kind: markdown ? 'markdown' : 'plaintext', value: describePolicy(policy, markdown) },
      range: {
        start: { line: position.line, character: found.start },
        end: { line: position.line, character: found.end },
      },
    };
  }

  async actions({ textDocument: { uri }, range, context }: CodeActionParams): Promise<CodeAction[]> {
    const text = this.#documents.get(uri);
    const place = text === undefined ? undefined : await this.#placeOf(uri);
    if (text === undefined || place === undefined) return [];
    if (place.type === 'input') return this.#edits(text, context.diagnostics);
    if (!isOverride(place.file)) return [];
    const today = dayOf(this.#context.clock());
    const offered = overrideActions(text, today, place.folder.isSigned(place.file));
    const near = offered.filter(
      (one) => one.range.start.line <= range.end.line && range.start.line <= one.range.end.line,
    );
    const meant = context.diagnostics.flatMap((diagnostic) => meantPolicy(text, diagnostic) ?? []);
    return [...meant, ...near].map(({ title, edit }) => ({
      title,
      kind: 'quickfix',
      diagnostics: context.diagnostics.filter(({ source }) => source === 'exhibit'),
      edit: { changes: { [uri]: [edit] } },
    }));
  }

  /** What policies proposed for the diagnostics that the client names, if the file is still the one that was judged. */
  #edits(text: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
    const offered = this.#offered.get(text.uri);
    if (offered === undefined || offered.version !== text.version) return [];
    return diagnostics.flatMap((diagnostic) => {
      const { edit: number } = (diagnostic.data ?? {}) as Partial<DiagnosticData>;
      const one = number === undefined ? undefined : offered.edits[number];
      if (one === undefined) return [];
      one.edit ??= this.#propose(text, one.shown);
      if (one.edit === undefined) return [];
      const { path, value, change } = one.edit;
      const range = { start: text.positionAt(change.start), end: text.positionAt(change.end) };
      return [
        {
          title: `Set ${path.slice(-2).join('.')} to ${JSON.stringify(value)} (${one.shown.policy_id})`,
          kind: 'quickfix',
          diagnostics: [diagnostic],
          isPreferred: true,
          edit: { changes: { [text.uri]: [{ range, newText: change.text }] } },
        },
      ];
    });
  }

  #propose(text: TextDocument, { document, edit, policy_id }: Shown): ProposedEdit | undefined {
    if (document === undefined) return undefined;
    const proposed = proposeEdit(text.getText(), document, edit);
    if (typeof proposed !== 'string') return proposed;
    this.#client.log(`no quick fix of ${policy_id} in ${document.file}: ${proposed}`);
    return undefined;
  }

  async #policiesAt(uri: string): Promise<ReadonlyMap<string, Policy>> {
    const place = await this.#placeOf(uri);
    const found = new Map<string, Policy>();
    const path = pathOf(uri);
    if (path !== undefined) {
      const folder = this.#folder(folderOf(path, this.#roots));
      await folder.ready();
      for (const [id, policy] of folder.policies) found.set(id, policy);
    }
    if (place?.type === 'policy') for (const [id, policy] of place.folder.policies) found.set(id, policy);
    return found;
  }

  async #placeOf(uri: string): Promise<Place | undefined> {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    const repository = repositoryOf(path);
    const file = repository === undefined ? undefined : below(repository, path);
    if (repository !== undefined && file !== undefined && (await ownsFile(repository, file)))
      return { type: 'policy', folder: this.#policyFolder(repository), file };
    if (!/\.(tf|tofu|json|ya?ml)$/i.test(path)) return undefined;
    const root = folderOf(path, this.#roots);
    const name = below(root, path);
    return name === undefined ? undefined : { type: 'input', folder: this.#folder(root), file: name };
  }

  #folder(path: string): Folder {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const made = new Folder(path, this.#settings, this.#context, this.#client.tell);
    this.#folders.set(path, made);
    return made;
  }

  #policyFolder(path: string): PolicyFolder {
    const known = this.#policies.get(path);
    if (known !== undefined) return known;
    const made = new PolicyFolder(path, this.#context, () => this.#buffersBelow(path));
    this.#policies.set(path, made);
    return made;
  }

  #buffersBelow(folder: string): Map<string, Uint8Array> {
    return new Map(
      this.#documents.all().flatMap((text) => {
        const path = pathOf(text.uri);
        const file = path === undefined ? undefined : below(folder, path);
        return file === undefined ? [] : [[file, Buffer.from(text.getText(), 'utf8')] as const];
      }),
    );
  }

  async #judge(uri: string): Promise<void> {
    const text = this.#documents.get(uri);
    if (text === undefined) return;
    const { version } = text;
    try {
      const place = await this.#placeOf(uri);
      if (place === undefined) return;
      if (place.type === 'policy') {
        if (isOverride(place.file)) await this.#publishLint(place.folder, await place.folder.lintOverrides());
        else this.#lints.request(place.folder.path, LINT_PAUSE);
        return;
      }
      await this.#judgeInput(text, version, place);
    } catch (error) {
      // A defect: the file is not clean because of it.
      const { message } = asExhibitError(error);
      this.#client.log(message);
      this.#publish(text, version, [note(`not judged: ${message}`, rangeAt(text, {}), 'INTERNAL')]);
    }
  }

  async #judgeInput(
    text: TextDocument,
    version: number,
    { folder, file }: Extract<Place, { type: 'input' }>,
  ): Promise<void> {
    const judge = await folder.ready();
    // It was changed or closed while the bundle was read: the change has its own turn.
    if (this.#documents.get(text.uri)?.version !== version) return;
    this.#offered.delete(text.uri);
    if (isExhibitError(judge)) {
      const { code, message } = judge;
      this.#publish(text, version, [note(`not judged: ${message}`, rangeAt(text, {}), code)]);
      return;
    }
    const start = performance.now();
    // A document is changed in place, so what is judged is its text of this version.
    const same = TextDocument.create(text.uri, text.languageId, version, text.getText());
    const shown = await judgeBuffer(
      file,
      same,
      judge,
      this.#context.clock(),
      () => this.#documents.get(text.uri)?.version === version,
    );
    if (shown === undefined) return;
    this.#cost.set(text.uri, performance.now() - start);
    const offered: Offered = { version, edits: [] };
    const { policyPage } = this.#settings;
    const diagnostics = diagnosticsOf(
      shown,
      same,
      {
        policies: folder.policies,
        pageOf: (policy) => policyPage?.replace('{id}', encodeURIComponent(policy)),
        sourceOf: (policy) => this.#sourceOf(policy),
        related: this.#client.related,
      },
      (one) => (one.edit === undefined ? undefined : offered.edits.push({ shown: one, edit: undefined }) - 1),
    );
    if (this.#publish(text, version, diagnostics)) this.#offered.set(text.uri, offered);
  }

  /** The rule of a policy, where its repository is open too. */
  #sourceOf(policy: string): string | undefined {
    for (const folder of this.#policies.values()) {
      const file = folder.fileOf(policy);
      if (file !== undefined) return uriOf(`${folder.path}/${file}`);
    }
    return undefined;
  }

  async #lint(path: string): Promise<void> {
    const folder = this.#policies.get(path);
    if (folder !== undefined) await this.#publishLint(folder, await folder.lint());
  }

  /** For each open file of the repository. What was typed while lint ran has its own turn, and then its own places. */
  async #publishLint(folder: PolicyFolder, { problems, failure, texts }: Linted): Promise<void> {
    for (const text of this.#documents.all()) {
      const path = pathOf(text.uri);
      const file = path === undefined ? undefined : below(folder.path, path);
      if (file === undefined || !(await ownsFile(folder.path, file))) continue;
      if (texts.get(file) !== text.getText()) continue;
      const found =
        failure === undefined
          ? problems
              .filter(({ location }) => location.file === file)
              .map((one) => problemDiagnostic(one, text))
          : [note(`not linted: ${failure.message} ${failure.hint ?? ''}`, rangeAt(text, {}), failure.code)];
      this.#publish(text, text.version, isOverride(file) ? [...found, ...bareDayHints(text)] : found);
    }
  }

  /** Tells the client, unless the file has changed since. */
  #publish({ uri }: TextDocument, version: number, diagnostics: Diagnostic[]): boolean {
    if (this.#documents.get(uri)?.version !== version) return false;
    this.#client.publish(uri, version, diagnostics);
    return true;
  }

  /** A bundle that was replaced, an override that ended: open files are judged again, though nobody typed. */
  #look(): void {
    for (const [path, folder] of this.#folders) {
      const stale = folder.changed();
      if (!folder.passed() && !stale) continue;
      for (const { uri } of this.#documents.all()) {
        const at = pathOf(uri);
        if (at !== undefined && folderOf(at, this.#roots) === path) this.#files.request(uri, 0);
      }
    }
  }
}
