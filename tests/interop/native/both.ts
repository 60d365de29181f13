/** One function of Rego asked many times, by the real opa and by the module that its compiler writes. */
import { createBuiltins } from '../../../src/engine/builtins/registry.ts';
// Not part of the engine's contract: the suite asks single functions.
import { NOW, opaEval } from '../../../src/engine/testing/opa.ts';
import { encodeInput } from '../../../src/engine/wasm/json.ts';
import { type Module, webAssembly } from '../../../src/engine/wasm/platform.ts';
import { InstancePool } from '../../../src/engine/wasm/pool.ts';
import { createWatchdog } from '../../../src/engine/wasm/watchdog.ts';
import { compilePlain, compileReplaced, type Sources, sourcesOf } from './compile.ts';

/** An argument: JSON text that comes with the input, or Rego text for what JSON cannot say (sets, keys of any type). */
export type Argument = { readonly json: string } | { readonly rego: string };
export const json = (text: string): Argument => ({ json: text });
export const rego = (text: string): Argument => ({ rego: text });
export const textOf = (argument: Argument): string => ('json' in argument ? argument.json : argument.rego);

/** A function under test: the body of a Rego function whose parameters are a, b, c, d. */
export interface Subject {
  name: string;
  body: string;
  calls: readonly (readonly Argument[])[];
}

/** `[type, value]` as JSON text; `undefined`; or why the whole evaluation ended. */
export type Answer = string;
export interface Pair {
  name: string;
  call: string;
  opa: Answer;
  wasm: Answer;
}

const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
/** The interpreter's answers by module: it is slow, and replacements do not reach it. */
const asked = new Map<string, Promise<Record<string, Record<string, Answer>>>>();
const watch = createWatchdog();
/** Milliseconds for the calls of one subject. */
const MOST_TIME = 3_000;
const MEMORY = 512 * 1024 * 1024;

/** Numbers keep their text, so that 1 and 1.0 differ. */
const parseExact = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' ? { '#': source } : value) as (key: string, value: unknown) => unknown);
const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  if ('#' in value) return raw(String(value['#']));
  const entries = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};
const exact = (value: unknown): string => JSON.stringify(sortKeys(value));

const PARAMETERS = ['a', 'b', 'c', 'd'];

/** Arguments are read without a function of Rego: the interpreter keeps one result for f(1) and f(1.0). */
const argument = (i: number) =>
  `object.get(call[${i}], "json", object.get(literals, object.get(call[${i}], "rego", ""), null))`;

function sourceOf(
  subjects: readonly Subject[],
  literals: ReadonlyMap<string, number>,
  options: AskOptions,
): string {
  const rules = subjects.map(({ body, calls }, i) => {
    const parameters = PARAMETERS.slice(0, calls[0]?.length ?? 1);
    return `r${i}[id] := [type_name(result), result] if {
	some id, call in input.r${i}
${parameters.map((name, k) => `\t${name} := ${argument(k)}`).join('\n')}
${body.replace(/^/gm, '\t')}
}`;
  });
  return `package native
import rego.v1
literals := {${[...literals].map(([text, i]) => `"${i}": ${text}`).join(',\n')}}
${options.rules ?? ''}
${rules.join('\n')}
`;
}

export interface AskOptions {
  /** Rego text of rules that the subjects use. */
  rules?: string;
  /** The package `old`, in the syntax before Rego 1.0. */
  old?: string;
  /** Ask the module with the replacements that a bundle has. */
  replaced?: boolean;
}

/** @returns every call with both answers, in the order of the subjects and their calls */
export async function askBoth(subjects: readonly Subject[], options: AskOptions = {}): Promise<Pair[]> {
  const literals = new Map<string, number>();
  const literal = (text: string): string => {
    if (!literals.has(text)) literals.set(text, literals.size);
    return String(literals.get(text));
  };
  const coded = subjects.map(({ calls }) =>
    calls.map((call) =>
      call.map((one) =>
        'json' in one ? { json: sortKeys(parseExact(one.json)) } : { rego: literal(one.rego) },
      ),
    ),
  );
  const source = sourceOf(subjects, literals, options);
  const sources = sourcesOf(source, options.old ?? 'package old\n');
  const names = subjects.map((_one, i) => `r${i}`);
  const compiled = options.replaced === true ? compileReplaced(sources, names) : compilePlain(sources, names);
  const module = await webAssembly.compile(await compiled);
  const ask: Ask = (pool, name, input) =>
    options.replaced === true ? pool.ask(name, input) : pool.evaluate(`native/${name}`, input);
  const all = Object.fromEntries(
    coded.map((calls, i) => [`r${i}`, Object.fromEntries(calls.map((call, k) => [`k${k}`, call]))]),
  );
  const theirs = await (asked.get(source) ?? askOpa(sources, all));
  asked.set(source, Promise.resolve(theirs));
  return subjects.flatMap(({ name, calls }, i) => {
    const ours = askModule(module, ask, `r${i}`, all[`r${i}`] ?? {});
    return calls.map((call, k) => ({
      name,
      call: call.map(textOf).join(', '),
      opa: theirs[`r${i}`]?.[`k${k}`] ?? 'undefined',
      wasm: ours.get(`k${k}`) ?? 'undefined',
    }));
  });
}

type Calls = Record<string, unknown>;
type Ask = (pool: InstancePool, name: string, input: Uint8Array) => string | undefined;

/** One process for all: an error that ends a query (a conflict) would end all, so that is looked for by halves. */
async function askOpa(
  sources: Sources,
  all: Record<string, Calls>,
): Promise<Record<string, Record<string, Answer>>> {
  const query = `{${Object.keys(all)
    .map((name) => `"${name}": data.native.${name}`)
    .join(', ')}}`;
  try {
    const text = (await opaEval(`json.marshal(${query})`, sources, all)) as string;
    const found = parseExact(text) as Record<string, Record<string, unknown>>;
    return Object.fromEntries(
      Object.entries(found).map(([name, answers]) => [
        name,
        Object.fromEntries(Object.entries(answers).map(([id, value]) => [id, exact(value)])),
      ]),
    );
  } catch (error) {
    const entries = Object.entries(all);
    const [first] = entries;
    if (first === undefined) return {};
    if (entries.length > 1) {
      const half = entries.length >> 1;
      const left = await askOpa(sources, Object.fromEntries(entries.slice(0, half)));
      return { ...left, ...(await askOpa(sources, Object.fromEntries(entries.slice(half)))) };
    }
    const [name, calls] = first;
    const ids = Object.entries(calls);
    if (ids.length === 1) {
      const said = String((error as { stdout?: unknown }).stdout ?? error);
      return { [name]: { [ids[0]?.[0] ?? '']: `error ${/"message": "([^"]*)"/.exec(said)?.[1] ?? said}` } };
    }
    const half = ids.length >> 1;
    const left = await askOpa(sources, { [name]: Object.fromEntries(ids.slice(0, half)) });
    const right = await askOpa(sources, { [name]: Object.fromEntries(ids.slice(half)) });
    return { [name]: { ...left[name], ...right[name] } };
  }
}

function askModule(module: Module, ask: Ask, name: string, calls: Calls): Map<string, Answer> {
  const ids = Object.entries(calls);
  if (ids.length === 0) return new Map();
  const pool = new InstancePool(
    module,
    createBuiltins(() => NOW),
    new TextEncoder().encode('{}'),
    { instanceBytes: MEMORY, evaluationBytes: MEMORY },
  );
  const input = encodeInput({ [name]: calls });
  try {
    const text = watch(MOST_TIME, () => ask(pool, name, input));
    const found = text === undefined ? {} : (parseExact(text) as Record<string, unknown>);
    return new Map(Object.entries(found).map(([id, value]) => [id, exact(value)]));
  } catch (error) {
    if (ids.length === 1) return new Map([[ids[0]?.[0] ?? '', `error ${(error as Error).message}`]]);
    const half = ids.length >> 1;
    return new Map([
      ...askModule(module, ask, name, Object.fromEntries(ids.slice(0, half))),
      ...askModule(module, ask, name, Object.fromEntries(ids.slice(half))),
    ]);
  }
}
