import { z } from 'zod';
import { isExhibitError } from '../record/index.ts';
import { bundleReads } from './bundle-reads.ts';
import { annotations, answerOf, ask, call, check, type OpaAnnotation } from './opa.ts';
import { withStage } from './stage.ts';
import type { Files, Opa, Problem, RegoPackage, RegoPolicy, RegoStyle } from './types.ts';

const moduleSchema = z.object({
  package: z.object({ path: z.array(z.object({ value: z.unknown() })) }),
  rules: z
    .array(
      z.object({
        head: z.object({
          name: z.string().optional(),
          ref: z.array(z.object({ value: z.unknown() })).optional(),
        }),
      }),
    )
    .nullish(),
  /** Where it names data. @see bundleReads */
  data: z.array(z.string()),
  /** Whether it reads `input.review`. */
  review: z.boolean(),
});

const dataSchema = moduleSchema.pick({ data: true });

/** What the real parser says of the repository's modules. */
export interface RegoModules {
  packages: RegoPackage[];
  rego_v0: string[];
  annotations: OpaAnnotation[];
  /** Modules that do not parse, in either syntax, and why. */
  problems: Problem[];
}

export const isRego = (path: string) => path.endsWith('.rego');
export const isTest = (path: string) => path.endsWith('_test.rego');

/** The Rego modules of a repository, those of tests included. */
export function regoFiles(files: Files): Map<string, Uint8Array> {
  return new Map([...files].filter(([path]) => isRego(path)));
}

/** Parses every module with OPA itself; modules in the syntax before Rego 1.0 are found by trying. */
export async function readRego(opa: Opa, files: Files): Promise<RegoModules> {
  const modules = regoFiles(files);
  const [trees, first] = await Promise.all([parse(opa, modules), annotationsOf(opa, modules)]);
  const old = await parseOld(opa, new Map([...modules].filter(([path]) => !trees.has(path))));
  for (const [path, tree] of old) trees.set(path, tree);
  const rego_v0 = [...old.keys()].sort();
  const whole = trees.size === modules.size;
  const parsed = new Map([...modules].filter(([path]) => trees.has(path)));
  return {
    packages: packagesOf(trees),
    rego_v0,
    annotations: whole && first !== undefined ? first : await annotations(opa, heads(parsed)),
    problems: [...(whole ? [] : await parseErrors(opa, modules, rego_v0)), ...readsOf(trees, modules)],
  };
}

/** Asked while the modules are parsed; undefined where the head of one that does not parse is in the way. */
async function annotationsOf(opa: Opa, modules: Files): Promise<OpaAnnotation[] | undefined> {
  try {
    return await annotations(opa, heads(modules));
  } catch (error) {
    if (isExhibitError(error, 'TOOL_FAILED')) return undefined;
    throw error;
  }
}

/**
 * Modules up to their package line: `opa inspect` compiles what it reads, and metadata must be read also where a rule below
 * does not compile.
 */
function heads(modules: Files): Map<string, Uint8Array> {
  const head = (data: Uint8Array) =>
    /^(?:(?!package\s).*\n)*package\s.*$/m.exec(Buffer.from(data).toString('utf8'))?.[0] ?? '';
  return new Map([...modules].map(([path, data]) => [path, Buffer.from(`${head(data)}\n`)]));
}

/** Adds a `.manifest` that tells OPA which modules are in the older syntax. */
export function withManifest(files: Files, rego_v0: readonly string[]): Map<string, Uint8Array> {
  const manifest = { revision: '', ...regoVersions(rego_v0) };
  return new Map([...files, ['.manifest', Buffer.from(JSON.stringify(manifest))]]);
}

/**
 * The manifest's fields on syntax. OPA matches the names as globs, against a path with a leading slash when it reads a
 * folder and without one when it reads an archive whose names have none, as ours: so each stands there twice.
 * @see OPA v1/bundle/bundle.go, RegoVersionForFile
 */
export function regoVersions(rego_v0: readonly string[]): Record<string, unknown> {
  if (rego_v0.length === 0) return { rego_version: 1 };
  const literal = (path: string) => path.replace(/[\\*?[\]{}!,]/g, '\\$&');
  const names = rego_v0.flatMap((path) => [`/${literal(path)}`, literal(path)]);
  return { rego_version: 1, file_rego_versions: Object.fromEntries(names.map((name) => [name, 0])) };
}

/** Where a tree names data: the word, and up to three names after it. */
const DATA = /\{"type":"var","value":"data"\}(?:,\{"type":"string","value":"(?:[^"\\]|\\.)*"\}){0,3}/g;

/** Text without which no module reaches the whole of `data` or the bundle's own: writing a tree takes longer than looking for it. */
const MAY_REACH =
  '(?m)^[ \\t]*(?:[^# \\t\\n].*)?(?:bundle|\\bdata(?:[^.\\w]|$)|\\bdata\\.exhibit(?:[^.\\w]|$))';

/** What is wanted of a module's tree; the tree itself has a hundred times the size of its text. */
const UNIT = `{
	"package": tree["package"],
	"rules": [{"head": object.filter(rule.head, {"name", "ref"})} | some rule in tree.rules],
	"data": {found | regex.match(\`${MAY_REACH}\`, text); some found in regex.find_n(\`${DATA.source}\`, json.marshal(tree), -1)},
	"review": count([1 | regex.match("review|u00", text); contains(json.marshal(tree), \`{"type":"var","value":"input"},{"type":"string","value":"review"}\`)]) > 0,
}`;
const PARSE = `{file: unit | some file; text := input[file]; tree := rego.parse_module(file, text); unit := ${UNIT}}`;

/** All modules, in the syntax of Rego 1.0; a module that does not parse is left out. Two calls side by side: OPA parses on one thread. */
async function parse(opa: Opa, modules: Files): Promise<Map<string, unknown>> {
  const texts = [...modules].map(([path, data]) => [path, Buffer.from(data).toString('utf8')] as const);
  const parts = [0, 1].map((part) => Object.fromEntries(texts.filter((_, i) => i % 2 === part)));
  const args = ['eval', '--format=json', '--stdin-input', PARSE];
  const found = await Promise.all(
    parts
      .filter((part) => Object.keys(part).length > 0)
      .map(async (part) => answerOf(await ask(opa, { files: new Map(), args, stdin: JSON.stringify(part) }))),
  );
  return new Map(found.flatMap((one) => Object.entries((one ?? {}) as Record<string, unknown>)));
}

/** Calls of OPA at once, where each module needs its own. */
const AT_ONCE = 4;

/** `rego.parse_module` knows the newer syntax only, so each of the rest gets a call of its own. */
async function parseOld(opa: Opa, modules: Files): Promise<Map<string, unknown>> {
  const trees = new Map<string, unknown>();
  const waiting = [...modules];
  const next = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const [path, data] = one;
      const args = ['parse', '--v0-compatible', '--format=json', path];
      const { code, stdout } = await ask(opa, { files: new Map([[path, data]]), args });
      if (code === 0) trees.set(path, unitOf(JSON.parse(stdout.toString('utf8'))));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return new Map(
    [...modules.keys()].filter((path) => trees.has(path)).map((path) => [path, trees.get(path)]),
  );
}

const REVIEW = /\{"type":"var","value":"input"\},\{"type":"string","value":"review"\}/;

/** The same of a tree that `opa parse` gave. */
function unitOf(tree: unknown): unknown {
  const text = JSON.stringify(tree);
  return { ...(tree as object), data: text.match(DATA) ?? [], review: REVIEW.test(text) };
}

async function parseErrors(opa: Opa, modules: Files, rego_v0: readonly string[]): Promise<Problem[]> {
  const errors = await check(opa, withManifest(modules, rego_v0));
  return errors.map(({ message, location }) => ({
    severity: 'error',
    rule: 'rego',
    message,
    location: location === undefined ? {} : { file: location.file, line: location.row, column: location.col },
  }));
}

function readsOf(trees: ReadonlyMap<string, unknown>, modules: Files): Problem[] {
  return [...trees].flatMap(([file, tree]) =>
    isTest(file)
      ? []
      : bundleReads(file, dataSchema.parse(tree).data, Buffer.from(modules.get(file) ?? '').toString('utf8')),
  );
}

function packagesOf(trees: ReadonlyMap<string, unknown>): RegoPackage[] {
  const found = new Map<string, { files: string[]; rules: Set<string>; review: boolean }>();
  for (const [file, tree] of [...trees].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isTest(file)) continue;
    const {
      package: { path },
      rules,
      review,
    } = moduleSchema.parse(tree);
    const name = path
      .slice(1)
      .map((term) => String(term.value))
      .join('.');
    const entry = found.get(name) ?? { files: [], rules: new Set<string>(), review: false };
    entry.files.push(file);
    entry.review ||= review;
    for (const { head } of rules ?? []) entry.rules.add(String(head.ref?.[0]?.value ?? head.name));
    found.set(name, entry);
  }
  return [...found].map(([name, { files, rules, review }]) => {
    const sorted = [...rules].sort();
    return { name, files, rules: sorted, style: styleOf(sorted, review) };
  });
}

const VERDICT_RULE = /^(deny|violation|warn)(_[a-zA-Z0-9]+)*$/;
const EXCEPTION_RULE = /^exception(_[a-zA-Z0-9]+)*$/;

/** Which contract a package's rules follow; undefined: none, it is a helper. */
function styleOf(rules: readonly string[], readsReview: boolean): RegoStyle | undefined {
  if (rules.includes('population') || rules.includes('violations')) return 'exhibit';
  if (rules.includes('violation') && readsReview) return 'gatekeeper';
  return rules.some((rule) => VERDICT_RULE.test(rule)) ? 'conftest' : undefined;
}

/** Names of all rules of a policy's package. */
export function packageRules(
  { package: own }: RegoPolicy,
  packages: readonly RegoPackage[],
): readonly string[] {
  return packages.find(({ name }) => name === own)?.rules ?? [];
}

/** The rules of a package that say something about an input, in its style. */
export function verdictRules(rules: readonly string[], style: RegoStyle): string[] {
  switch (style) {
    case 'exhibit':
      return rules.filter((rule) => ['population', 'unknowns', 'violations'].includes(rule));
    case 'gatekeeper':
      return rules.filter((rule) => rule === 'violation');
    case 'conftest':
      return rules.filter((rule) => VERDICT_RULE.test(rule) || EXCEPTION_RULE.test(rule));
  }
}

/** Of those, the rules that give a verdict each; none where the package gives one verdict as a whole. */
export function rulesOfVerdicts(rules: readonly string[], style: RegoStyle): string[] {
  if (style !== 'conftest') return [];
  const all = rules.filter((rule) => VERDICT_RULE.test(rule));
  return all.length > 1 ? all : [];
}

/** `opa fmt --fail` of some modules: those that are not formatted. */
export async function unformatted(opa: Opa, files: Files): Promise<string[]> {
  if (files.size === 0) return [];
  return withStage(files, async (folder) => {
    const { stdout } = await call(opa, folder, ['fmt', '--list', '.']);
    return stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  });
}
