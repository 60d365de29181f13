import { isTest, regoFiles } from '../rego.ts';
import type { Files, RegoPackage, RegoPolicy, Repository } from '../types.ts';

export interface Module {
  path: string;
  package: string;
  text: string;
}

/** The Rego that a policy needs, as a format may embed it: no more than that. */
export interface Closure {
  /** Syntax of all of it. */
  version: 'v0' | 'v1';
  /** Modules of the packages that it refers to, its own left out, sorted by path. */
  libraries: Module[];
  /** Modules of its own package. */
  own: Module[];
}

/** Packages of modules, and where each lies. */
type Units = readonly Pick<RegoPackage, 'name' | 'files'>[];

/**
 * The modules that a policy refers to, directly or through others. A reference that is computed cannot be followed.
 * @returns the modules, or in words why they cannot be found
 */
export function closureOf(policy: RegoPolicy, { files, packages, rego_v0 }: Repository): Closure | string {
  const { modules, computed } = modulesFor(policy, files, packages);
  if (computed !== undefined) return `${computed} computes which package it refers to`;
  const old = modules.filter(({ path }) => rego_v0.includes(path)).length;
  if (old > 0 && old < modules.length) return 'its modules are in two versions of the syntax of Rego';
  if (modules.some(({ text }) => SHOWN.test(code(text)))) return SERVER;
  const own = modules.filter((module) => module.package === policy.package);
  const libraries = modules
    .filter((module) => module.package !== policy.package)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { version: old > 0 ? 'v0' : 'v1', libraries, own };
}

/**
 * Which policies ask for what only the server shows, such as the gate's pass: they, or a module that they refer to, read `input.exhibit`.
 * @param policies of a bundle; those of other stacks ask for nothing
 * @param files of that bundle
 */
export function askingServer(policies: readonly AskingPolicy[], files: Files): Set<string> {
  const units = unitsIn(modulesWithoutTests(files));
  const asks = ({ package: name }: AskingPolicy): boolean =>
    name !== undefined &&
    modulesFor({ package: name }, files, units).modules.some(({ text }) => SHOWN.test(code(text)));
  return new Set(policies.filter(asks).map(({ id }) => id));
}

interface AskingPolicy {
  id: string;
  package?: string | undefined;
}

/** By the package line of each module: these are of a bundle that was built, so OPA has parsed them. */
function unitsIn(modules: Files): Units {
  const named = [...modules].flatMap(([path, bytes]): [string, string][] => {
    const found = /^[ \t]*package[ \t]+([A-Za-z_][\w.]*)/m.exec(code(Buffer.from(bytes).toString('utf8')));
    return found?.[1] === undefined ? [] : [[found[1], path]];
  });
  return [...Map.groupBy(named, ([name]) => name)].map(([name, all]) => ({
    name,
    files: all.map(([, path]) => path),
  }));
}

/** @returns also the first module that computes which package it refers to: where it leads is not known */
function modulesFor(
  policy: Pick<RegoPolicy, 'package'>,
  files: Files,
  units: Units,
): { modules: Module[]; computed: string | undefined } {
  const modulesOf = (name: string): Module[] => {
    const paths = units.find((unit) => unit.name === name)?.files ?? [];
    return paths.map((path) => ({
      path,
      package: name,
      text: Buffer.from(files.get(path) ?? '').toString('utf8'),
    }));
  };
  const names = [policy.package];
  const modules: Module[] = [];
  let computed: string | undefined;
  for (let at = 0; at < names.length; at += 1) {
    for (const module of modulesOf(names[at] ?? '')) {
      if (/\bdata\s*\[/.test(code(module.text))) computed ??= module.path;
      modules.push(module);
      names.push(...referred(module.text, units).filter((name) => !names.includes(name)));
    }
  }
  return { modules, computed };
}

/** What the server itself adds to a review, such as what it found of attestations; nobody else can write it. */
const SHOWN = /\binput\.exhibit\b/;
const SERVER = 'it asks for what only exhibit server shows a policy (input.exhibit)';

/** Why a format that reads the syntax of Rego 1.0 only cannot carry a policy. */
export const OLD = 'its rules are in the syntax of Rego before 1.0; `opa fmt --v0-v1` rewrites them';

/** Every module of a repository that is no test, by path. */
export function modulesWithoutTests(files: Files): Map<string, Uint8Array> {
  return new Map([...regoFiles(files)].filter(([path]) => !isTest(path)));
}

/** Without lines that are comments. What stands in a text or behind code stays: at most a module too many is taken. */
const code = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');

/** Packages that a module names: the whole path, a package above it, or one below that is named through an import. */
function referred(text: string, packages: Units): string[] {
  const source = code(text);
  const found = new Set<string>();
  for (const [, path = '', alias] of source.matchAll(
    /\bdata\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:[ \t]+as[ \t]+([A-Za-z_]\w*))?/g,
  )) {
    const name = alias ?? path.slice(path.lastIndexOf('.') + 1);
    for (const unit of packages) {
      if (unit.name === path || path.startsWith(`${unit.name}.`)) found.add(unit.name);
      const below = unit.name.startsWith(`${path}.`) ? unit.name.slice(path.length + 1) : undefined;
      if (below !== undefined && new RegExp(`\\b${name}\\.${below.split('.')[0]}\\b`).test(source))
        found.add(unit.name);
    }
  }
  return [...found].sort();
}

/**
 * The same modules with packages below another one, for engines that take libraries only there: the package line and every
 * reference to a moved package.
 * @param where prefix of the new package, such as `lib`
 * @param moves which packages are moved
 */
export function movedBelow(
  where: string,
  modules: readonly Module[],
  moves: (name: string) => boolean,
): Module[] {
  const moved = [...new Set(modules.map((module) => module.package))].filter(moves);
  // Longest first, so that a package is not taken for the one above it.
  const names = moved.sort((a, b) => b.length - a.length).map((name) => name.replaceAll('.', '\\.'));
  if (names.length === 0) return [...modules];
  const reference = new RegExp(`\\bdata\\.(?=(?:${names.join('|')})\\b)`, 'g');
  return modules.map((module) => {
    const own = moved.includes(module.package);
    const lines = module.text.split('\n').map((line) => {
      if (line.trimStart().startsWith('#')) return line;
      if (/^\s*package\s/.test(line)) return own ? line.replace(/package\s+/, `package ${where}.`) : line;
      return line.replace(reference, `data.${where}.`);
    });
    return {
      ...module,
      package: own ? `${where}.${module.package}` : module.package,
      text: lines.join('\n'),
    };
  });
}

/** Everything below `lib`: what stands there already stays. */
export const belowLib = (modules: readonly Module[]): Module[] =>
  movedBelow('lib', modules, (name) => name !== 'lib' && !name.startsWith('lib.'));
