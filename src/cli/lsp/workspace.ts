import type { TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { ownsFile, type Policy } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { HOOK_FILES } from '../gate/hook-files.ts';
import { Folder, type Tell } from './folder.ts';
import { below, folderOf, pathOf, repositoryOf, uriOf } from './places.ts';
import { PolicyFolder } from './policies.ts';
import type { Settings } from './settings.ts';

/** A file that is judged, or one of a policy repository. */
export type Place =
  | { type: 'input'; folder: Folder; file: string }
  | { type: 'policy'; folder: PolicyFolder; file: string };

/** Which folders are open: those whose files are judged, each with its bundle, and the policy repositories. */
export class Workspace {
  readonly #documents: TextDocuments<TextDocument>;
  readonly #context: Context;
  readonly #tell: Tell;
  readonly #folders = new Map<string, Folder>();
  readonly #policies = new Map<string, PolicyFolder>();
  #roots: string[] = [];
  settings: Settings = {};

  constructor(documents: TextDocuments<TextDocument>, context: Context, tell: Tell) {
    this.#documents = documents;
    this.#context = context;
    this.#tell = tell;
  }

  get roots(): readonly string[] {
    return this.#roots;
  }

  setRoots(paths: readonly string[]): void {
    this.#roots = [...paths];
    for (const [path, folder] of this.#folders) {
      if (this.#roots.includes(path)) continue;
      this.#folders.delete(path);
      void folder.close();
    }
  }

  setSettings(settings: Settings): void {
    this.settings = settings;
    for (const folder of this.#folders.values()) folder.set(settings);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#folders.values()].map((folder) => folder.close()));
    this.#folders.clear();
  }

  /** Those of the bundle that judges the file, and of its policy repository. */
  async policiesAt(uri: string): Promise<ReadonlyMap<string, Policy>> {
    const place = await this.placeOf(uri);
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

  async placeOf(uri: string): Promise<Place | undefined> {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    const repository = repositoryOf(path);
    const file = repository === undefined ? undefined : below(repository, path);
    if (repository !== undefined && file !== undefined && (await ownsFile(repository, file)))
      return { type: 'policy', folder: this.#policyFolder(repository), file };
    // What the hook would judge: of another file nothing can be said.
    if (!HOOK_FILES.test(path)) return undefined;
    const root = folderOf(path, this.#roots);
    const name = below(root, path);
    return name === undefined ? undefined : { type: 'input', folder: this.#folder(root), file: name };
  }

  #folder(path: string): Folder {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const made = new Folder(path, this.settings, this.#context, this.#tell);
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

  /** The rule of a policy, where its repository is open too. */
  sourceOf(policy: string): string | undefined {
    for (const folder of this.#policies.values()) {
      const file = folder.fileOf(policy);
      if (file !== undefined) return uriOf(`${folder.path}/${file}`);
    }
    return undefined;
  }

  policyFolder(path: string): PolicyFolder | undefined {
    return this.#policies.get(path);
  }

  /** Open files whose verdicts may be others by now: a bundle was replaced, an override ended. */
  outdated(): string[] {
    return [...this.#folders].flatMap(([path, folder]) => {
      const stale = folder.changed();
      if (!folder.passed() && !stale) return [];
      return this.#documents.all().flatMap(({ uri }) => {
        const at = pathOf(uri);
        return at !== undefined && folderOf(at, this.#roots) === path ? [uri] : [];
      });
    });
  }
}
