import { ExhibitError } from '../../record/index.ts';
import type { Origin } from '../origins.ts';
import { isObject, makeSource, memberOf, type Source } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { composeYaml } from '../yaml.ts';
import { yamlOffset } from '../yaml-locate.ts';

/** Most files that GitLab takes into one pipeline (GitLab 16 and newer). */
const MOST_FILES = 150;

/** Something of a pipeline as it was read. */
export interface Spot {
  value: unknown;
  at: Origin;
}

export interface Included {
  /** What is included, in the order in which it is joined: the including file itself comes last and wins. */
  files: Spot[];
  /** Entries of `include` in those files that name what is elsewhere. */
  elsewhere: Spot[];
  problems: ExhibitError[];
}

/**
 * The documents of a file.
 * @param references takes the lists that `!reference` stands before
 */
export function pipelineDocuments(
  source: Source,
  references: WeakSet<object>,
): { value: unknown; locate: Origin['locate'] }[] {
  const { events } = source.yaml();
  const documents = composeYaml(events, source.limits.yamlNodes, (tag, value) => {
    if (tag === '!reference' && Array.isArray(value)) references.add(value);
    return value;
  });
  return documents.map(({ value, start }) => ({
    value,
    locate: (path: JsonPath) => events.place(yamlOffset(events, start, path)),
  }));
}

/**
 * Files of the same repository that a pipeline includes, with those that they include. What comes from elsewhere (`project`,
 * `component`, `remote`, `template`) is not fetched, and what is included under `rules` may not be there: rules see both by `include`.
 */
export function includedFiles(
  source: Source,
  { value, locate }: { value: unknown; locate: Origin['locate'] },
  references: WeakSet<object>,
): Included {
  const found: Included = { files: [], elsewhere: [], problems: [] };
  // Without a way to read files, as in an editor's buffer, what they add is as unknown as what comes from elsewhere.
  if (source.beside === undefined) return found;
  const root = rootOf(source);
  const seen = new Set<string>([source.file.replaceAll('\\', '/')]);
  const take = (from: unknown, place: Origin['locate'], own: string): void => {
    for (const { entry, path } of entries(memberOf(from, 'include'))) {
      const local = localFile(entry);
      if (local === undefined) {
        if (from !== value) found.elsewhere.push({ value: entry, at: { locate: place, path } });
        continue;
      }
      const problem = (message: string) =>
        found.problems.push(
          new ExhibitError('INPUT_FORMAT', message, {
            location: place(path),
            hint: 'What it adds is not known, so the pipeline is not judged completely. Judge the pipeline from the folder that holds the file.',
          }),
        );
      const name = JSON.stringify(local.slice(0, 128));
      if (/[*$]/.test(local) || local.split('/').includes('..')) {
        problem(`the included file ${name} is named by a pattern, a variable or a path upwards`);
        continue;
      }
      const read = readBeside(source, root, own, local);
      if (read === undefined) {
        problem(`the included file ${name} is not there`);
        continue;
      }
      if (seen.has(read.file)) continue;
      seen.add(read.file);
      if (seen.size > MOST_FILES) {
        problem(`more than ${MOST_FILES} files are included; ${name} is not read`);
        continue;
      }
      const document = pipelineDocuments(read, references).at(-1);
      if (!isObject(document?.value)) {
        problem(`the included file ${name} is no mapping`);
        continue;
      }
      take(document.value, document.locate, read.file);
      found.files.push({ value: document.value, at: { locate: document.locate, path: [] } });
    }
  };
  take(value, locate, source.file.replaceAll('\\', '/'));
  return found;
}

/** Entries of `include` with their places. */
export function entries(include: unknown): { entry: unknown; path: JsonPath }[] {
  if (include === undefined || include === null) return [];
  if (!Array.isArray(include)) return [{ entry: include, path: ['include'] }];
  return include.map((entry, i) => ({ entry, path: ['include', i] }));
}

/** The file of the same repository that an entry names, where it always holds. */
function localFile(entry: unknown): string | undefined {
  if (typeof entry === 'string') return /^https?:\/\//.test(entry) ? undefined : entry;
  const local = memberOf(entry, 'local');
  return typeof local === 'string' && memberOf(entry, 'rules') === undefined ? local : undefined;
}

/** Folder of the pipeline, where paths of `local` start; undefined where the file is not the pipeline itself. */
function rootOf({ file }: Source): string | undefined {
  const [folder, name] = split(file.replaceAll('\\', '/'));
  return /^\.gitlab-ci\.ya?ml$/i.test(name) ? folder : undefined;
}

const split = (file: string): [folder: string, name: string] => [
  file.slice(0, file.lastIndexOf('/') + 1),
  file.slice(file.lastIndexOf('/') + 1),
];

/** An included file may be judged by itself: its repository then starts at one of the folders above it. */
function readBeside(
  source: Source,
  root: string | undefined,
  own: string,
  local: string,
): Source | undefined {
  const name = local.replace(/^\/+/, '');
  if (!/\.ya?ml$/i.test(name)) return undefined;
  for (const folder of root === undefined ? above(split(own)[0]) : [root]) {
    const file = `${folder}${name}`;
    const text = source.beside?.read(file);
    if (text !== undefined) return makeSource(file, text, source.limits, source.beside);
  }
  return undefined;
}

/** `a/b/` gives `a/b/`, `a/` and the folder that paths start from. */
function above(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== '' && at !== '/'; ) {
    at = split(at.slice(0, -1))[0];
    folders.push(at);
  }
  return folders;
}
