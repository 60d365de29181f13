import type {
  CodeAction,
  CodeActionParams,
  Diagnostic,
  Hover,
  HoverParams,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ownsFile } from '../../policy/index.ts';
import { dayOf, isExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { note, rangeAt } from './diagnostic-place.ts';
import type { Shown } from './diagnostic-text.ts';
import { diagnosticsOf, problemDiagnostic } from './diagnostics.ts';
import type { Tell } from './folder.ts';
import { describePolicy, idAt } from './hover.ts';
import { judgeBuffer } from './judge.ts';
import { Offers } from './offers.ts';
import { bareDayHints, meantPolicy, overrideActions } from './override-actions.ts';
import { below, pathOf } from './places.ts';
import { isOverride, type Linted, type PolicyFolder } from './policies.ts';
import { Queue } from './queue.ts';
import type { Settings } from './settings.ts';
import { asExhibitError } from './unknown-error.ts';
import { type Place, Workspace } from './workspace.ts';

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

/** All that the language server does, behind the protocol. Nothing is recorded: what stands in a buffer is no change that anybody proposes. */
export class Service {
  readonly #documents: TextDocuments<TextDocument>;
  readonly #client: Client;
  readonly #context: Context;
  readonly #workspace: Workspace;
  readonly #offers: Offers;
  readonly #cost = new Map<string, number>();
  readonly #files = new Queue((uri) => this.#judge(uri));
  readonly #lints = new Queue((path) => this.#lint(path));
  readonly #timer: NodeJS.Timeout;

  constructor(documents: TextDocuments<TextDocument>, client: Client, context: Context) {
    this.#documents = documents;
    this.#client = client;
    this.#context = context;
    this.#workspace = new Workspace(documents, context, client.tell);
    this.#offers = new Offers((message) => client.log(message));
    this.#timer = setInterval(() => this.#look(), TICK).unref();
  }

  setFolders(paths: readonly string[]): void {
    this.#workspace.setRoots(paths);
    for (const { uri } of this.#documents.all()) this.#files.request(uri, 0);
  }

  get folders(): readonly string[] {
    return this.#workspace.roots;
  }

  setSettings(settings: Settings): void {
    this.#workspace.setSettings(settings);
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
    this.#offers.drop(uri);
    this.#cost.delete(uri);
    this.#client.publish(uri, version, []);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#files.close();
    this.#lints.close();
    await this.#workspace.close();
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
    const policy = (await this.#workspace.policiesAt(uri)).get(found.id);
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
    const place = text === undefined ? undefined : await this.#workspace.placeOf(uri);
    if (text === undefined || place === undefined) return [];
    if (place.type === 'input') return this.#offers.actions(text, context.diagnostics);
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

  async #judge(uri: string): Promise<void> {
    const text = this.#documents.get(uri);
    if (text === undefined) return;
    const { version } = text;
    try {
      const place = await this.#workspace.placeOf(uri);
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
    this.#offers.drop(text.uri);
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
    const proposed: Shown[] = [];
    const { policyPage } = this.#workspace.settings;
    const diagnostics = diagnosticsOf(
      shown,
      same,
      {
        policies: folder.policies,
        pageOf: (policy) => policyPage?.replace('{id}', encodeURIComponent(policy)),
        sourceOf: (policy) => this.#workspace.sourceOf(policy),
        related: this.#client.related,
      },
      (one) => (one.edit === undefined ? undefined : proposed.push(one) - 1),
    );
    if (this.#publish(text, version, diagnostics)) this.#offers.set(text.uri, version, proposed);
  }

  async #lint(path: string): Promise<void> {
    const folder = this.#workspace.policyFolder(path);
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
    try {
      for (const uri of this.#workspace.outdated()) this.#files.request(uri, 0);
    } catch (error) {
      // A defect, and nobody asked: the editor keeps its server.
      this.#client.log(asExhibitError(error).message);
    }
  }
}
