import { ENTRY_PACKAGE, policyRule, resultsRule } from './entry.ts';
import {
  COMPAT_FILE,
  compatModule,
  HOST_REPLACEMENTS,
  hostName,
  replacementModifiers,
} from './replacements.ts';
import { INPUT_KINDS } from './schema.ts';
import type { Files, RegoPolicy } from './types.ts';

const JUDGE_FILE = 'exhibit/judge.rego';
/** Files and packages that stand beside a bundle's modules while they are compiled. */
export const COMPILED_FILES: readonly string[] = [JUDGE_FILE, COMPAT_FILE];
const ROOTS = ['exhibit/judge', 'exhibit/compat'];

/**
 * The only entry point of a bundle's WebAssembly: what the rule that the engine asks for gives, by its name; of a list of names an
 * object from name to value, in which a rule that is undefined is left out.
 */
export const ANSWER = 'exhibit/judge/answer';
/** Built-in by which the module learns the name of the rule that is asked, or the names. */
export const ASKED = 'exhibit.asked';

/** What the engine may ask a bundle for: name and reference. */
export function askedRules(policies: readonly RegoPolicy[]): ReadonlyMap<string, string> {
  const names = [...INPUT_KINDS.map(resultsRule), ...policies.map(policyRule).sort()];
  return new Map(names.map((name) => [name, `data.${ENTRY_PACKAGE}.${name}`]));
}

/**
 * A bundle's modules with those that only its WebAssembly has. OPA plans a rule and all below it anew for each rule that
 * replaces a built-in, so there is one such rule, and the host says which one it stands for: one entry point for each
 * policy would make the module of the starter library 1,150 KB instead of 507.
 * @param files modules and `.manifest`
 * @param rules what may be asked: name and reference
 */
export function withJudge(files: Files, rules: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  const manifest = JSON.parse(Buffer.from(files.get('.manifest') ?? '{}').toString('utf8')) as {
    roots?: string[];
    file_rego_versions?: Record<string, number>;
  };
  // Rego before 1.0: the names of deprecated built-ins are allowed.
  const versions = { ...manifest.file_rego_versions, [JUDGE_FILE]: 0, [`/${JUDGE_FILE}`]: 0 };
  const changed = { ...manifest, roots: [...(manifest.roots ?? []), ...ROOTS], file_rego_versions: versions };
  return new Map([
    ...files,
    [JUDGE_FILE, Buffer.from(judgeModule(rules))],
    [COMPAT_FILE, Buffer.from(compatModule())],
    ['.manifest', Buffer.from(JSON.stringify(changed))],
  ]);
}

function judgeModule(rules: ReadonlyMap<string, string>): string {
  const chosen = [...rules].map(([name, reference]) => `chosen(${JSON.stringify(name)}) = ${reference}\n`);
  return `package exhibit.judge

answer = value {
	value := told(${ASKED}()) ${replacementModifiers()}
}

told(name) = chosen(name) { is_string(name) }
told(names) = {name: chosen(name) | name := names[_]} { is_array(names) }

${chosen.join('')}`;
}

interface Capability {
  name: string;
  decl: unknown;
}

/** Our own functions as the compiler must know them: each with the signature of the built-in that it stands for. */
export function hostCapabilities(known: readonly Capability[]): Capability[] {
  const asked = { name: ASKED, decl: { type: 'function', args: [], result: { type: 'any' } } };
  return known
    .filter(({ name }) => HOST_REPLACEMENTS.includes(name))
    .map(({ name, decl }): Capability => ({ name: hostName(name), decl }))
    .concat(asked);
}
