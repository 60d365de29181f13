import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ExhibitError } from '../../record/index.ts';
import { isObject, memberOf } from '../source.ts';

/** Names under which Kustomize looks for its file, in its order. */
export const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields that name files or folders, one or a list. */
const PATHS = [
  'bases',
  'components',
  'configurations',
  'crds',
  'generators',
  'patchesStrategicMerge',
  'resources',
  'transformers',
  'validators',
];
/** Fields whose entries name a file in `path`. */
const ENTRIES = ['patches', 'patchesJson6902', 'replacements'];
/** Fields that run programs or fetch charts, which nothing here does. */
const REFUSED = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'];
const LARGEST = 4 * 1024 * 1024;
/** Folders that build on each other this deep are a loop. */
const DEEPEST = 64;

export interface Kustomization {
  /** Where it is. */
  path: string;
  /** `Component` cannot be built alone. */
  kind: string;
  /** Files that it names, as they are written; a text with several lines is a patch itself. */
  named: string[];
}

/** The file of Kustomize in a folder, with what it names; undefined where there is none or it is no YAML. */
export function readKustomization(folder: string): Kustomization | undefined {
  const path = KUSTOMIZATIONS.map((name) => join(folder, name)).find(isFile);
  if (path === undefined) return undefined;
  let value: unknown;
  try {
    if (statSync(path).size > LARGEST) return undefined;
    value = parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
  } catch {
    return { path, kind: 'Kustomization', named: [] };
  }
  const listed = PATHS.flatMap((key) => texts(memberOf(value, key)));
  const entries = ENTRIES.flatMap((key) =>
    list(memberOf(value, key)).flatMap((one) => texts(memberOf(one, 'path'))),
  );
  const generated = ['configMapGenerator', 'secretGenerator'].flatMap((key) =>
    list(memberOf(value, key)).flatMap((one) =>
      ['files', 'envs', 'env'].flatMap((field) =>
        texts(memberOf(one, field)).map((text) => text.slice(text.indexOf('=') + 1)),
      ),
    ),
  );
  const refused = REFUSED.filter((key) => memberOf(value, key) !== undefined);
  const kind = memberOf(value, 'kind');
  return {
    path,
    kind: typeof kind === 'string' ? kind : 'Kustomization',
    named: [
      ...listed,
      ...entries,
      ...texts(memberOf(memberOf(value, 'openapi'), 'path')),
      ...generated,
      ...refused.map((key) => `${key}:`),
    ].filter((text) => !text.includes('\n') && !text.trimStart().startsWith('{')),
  };
}

/** Files that a folder's own rendering covers: they are not judged again by themselves. */
export function covered(folder: string): Set<string> {
  const found = readKustomization(folder);
  if (found === undefined || found.kind === 'Component')
    return new Set(found === undefined ? [] : [found.path]);
  return new Set([found.path, ...found.named.map((name) => resolve(folder, name))]);
}

/**
 * Refuses what Kustomize would have to fetch or run, in the folder and in each that it builds on. What is named must lie on this disk.
 * @param file name of the folder for messages
 * @throws ExhibitError INPUT_FORMAT
 */
export function refuseRemote(folder: string, file: string, seen = new Set<string>(), depth = 0): void {
  if (seen.has(folder)) return;
  seen.add(folder);
  const found = readKustomization(folder);
  if (found === undefined || depth > DEEPEST) return;
  for (const name of found.named) {
    if (/^helm\w+:$/.test(name))
      throw refusal(file, `${name.slice(0, -1)} inflates a chart, which needs other programs`);
    const at = resolve(folder, name);
    const there = stat(at);
    if (there === undefined) throw refusal(file, `${JSON.stringify(name.slice(0, 200))} is not beside it`);
    if (there === 'folder') refuseRemote(at, file, seen, depth + 1);
  }
}

const refusal = (file: string, why: string): ExhibitError =>
  new ExhibitError('INPUT_FORMAT', `it builds on what is not here: ${why}`, {
    location: { file },
    hint: 'Nothing is fetched while judging. Copy a remote base beside it, or judge what `kustomize build` prints.',
  });

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const texts = (value: unknown): string[] => list(value).filter((one) => typeof one === 'string');
const isFile = (path: string): boolean => stat(path) === 'file';

function stat(path: string): 'file' | 'folder' | undefined {
  try {
    const status = statSync(path);
    return status.isDirectory() ? 'folder' : status.isFile() ? 'file' : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object whose members are only these. */
export const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
