import { statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { folderReader, readRegularFile, reasonOf, unreadable } from './files.ts';
import { isTerraformJson } from './formats/json.ts';
import { withDefaults } from './limits.ts';
import { asProblem, parseInput } from './parse.ts';
import { folderOf, type RenderOptions, renderFolder } from './render/index.ts';
import type { InputFile, InputLimits, ReadOptions } from './types.ts';
import { type Found, walkFolder } from './walk.ts';

/** How many files readInputs will look at below these paths, those that it passes over among them. Opens none. */
export function countInputs(paths: readonly string[], cwd: string): number {
  let count = 0;
  for (const path of paths) for (const _ of find(slashed(path), cwd)) count += 1;
  return count;
}

const slashed = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path);

/**
 * Reads what is to be judged: named files whatever they are called, and below named folders the files whose names say that they
 * are ours. In the given order, folders sorted, each file once. What cannot be read is a problem of its file; nothing is left out in silence.
 * @param paths as the user named them; `.git`, `node_modules` and `.terraform` below them are passed over
 */
export async function* readInputs(
  paths: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<InputFile> {
  const limits = withDefaults(options.limits);
  const cwd = options.cwd ?? process.cwd();
  const beside = folderReader(cwd, limits.fileBytes);
  const rendering: RenderOptions = {
    limits,
    cwd,
    beside,
    env: options.env ?? process.env,
    helmValues: options.helmValues ?? [],
  };
  const seen = new Set<string>();
  let count = 0;
  for (const path of paths) {
    const name = slashed(path);
    let here = 0;
    for (const found of find(name, cwd)) {
      if (found.type === 'ignored') {
        options.onIgnored?.(found.file);
        continue;
      }
      const place = found.type === 'rendered' ? `${found.by} ${found.path}` : resolve(cwd, found.file);
      if (seen.has(place)) {
        here += 1;
        options.onRepeated?.(found.file);
        continue;
      }
      if (found.type === 'rendered') {
        const files = await rendered(found, rendering);
        if (files === undefined) {
          options.onIgnored?.(`${found.file}/`);
          continue;
        }
        seen.add(place);
        here += 1;
        count += 1;
        yield* files;
        continue;
      }
      const read =
        found.type === 'problem'
          ? problem(found.file, found.error)
          : readOne(found.file, found.path, limits, beside);
      // Below a folder Terraform's source is passed over, in either syntax: its plan says more.
      if (found.file !== name && isSource(read)) {
        options.onIgnored?.(found.file);
        continue;
      }
      seen.add(place);
      here += 1;
      count += 1;
      if (count > limits.files) {
        yield problem(name, tooMany(name, limits));
        return;
      }
      yield read;
    }
    if (here === 0) yield problem(name, emptyFolder(name));
  }
}

async function rendered(
  { by, file, path }: Extract<Found, { type: 'rendered' }>,
  options: RenderOptions,
): Promise<InputFile[] | undefined> {
  try {
    return await renderFolder(by, { file, path }, options);
  } catch (error) {
    return [problem(file, asProblem(file, error))];
  }
}

function isSource({ file, documents, problems: [first] }: InputFile): boolean {
  return documents.length === 0 && first?.error.code === 'INPUT_FORMAT' && isTerraformJson(file);
}

function* find(name: string, cwd: string): Generator<Found> {
  const path = resolve(cwd, name);
  try {
    if (statSync(path).isDirectory()) yield* walkFolder(name, cwd);
    else {
      const folder = folderOf(name, cwd);
      if (folder === undefined) yield { type: 'file', file: name, path };
      else yield { type: 'rendered', ...folder, path: resolve(cwd, folder.file) };
    }
  } catch (cause) {
    yield { type: 'problem', file: name, error: unreadable(name, reasonOf(cause), cause) };
  }
}

function readOne(
  file: string,
  path: string,
  limits: InputLimits,
  beside: ReturnType<typeof folderReader>,
): InputFile {
  try {
    return parseInput(file, readRegularFile(path, file, limits.fileBytes), limits, beside);
  } catch (error) {
    return problem(file, asProblem(file, error));
  }
}

function problem(file: string, error: ExhibitError): InputFile {
  return { file, documents: [], problems: [{ file, error }] };
}

function emptyFolder(folder: string): ExhibitError {
  return new ExhibitError('INPUT_EMPTY', 'the folder holds no file that is judged', {
    location: { file: folder },
    hint: 'Judged are .json, .yaml, .yml, .toml, .ini, .properties and .env files, Dockerfiles, Helm charts and folders of Kustomize. An empty folder is not a pass.',
  });
}

function tooMany(path: string, limits: InputLimits): ExhibitError {
  return new ExhibitError(
    'INPUT_TOO_LARGE',
    `there are more than ${limits.files} files; the rest was not read`,
    {
      location: { file: path },
      hint: 'Name smaller folders, or raise the limit of files.',
    },
  );
}
