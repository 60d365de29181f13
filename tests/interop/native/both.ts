/** One function of Rego asked many times, by the real opa and by the module that its compiler writes. */
import { createBuiltins } from '../../../src/engine/builtins/registry.ts';
// Not part of the engine's contract: the suite asks single functions.
import { NOW, opaEval } from '../../../src/engine/testing/opa.ts';
import { RegoInstance } from '../../../src/engine/wasm/instance.ts';
import { type Module, webAssembly } from '../../../src/engine/wasm/platform.ts';
import { createWatchdog } from '../../../src/engine/wasm/watchdog.ts';
import { compileModules } from './compile.ts';

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

/** The rules once more, through replacements of built-ins. */
function wrapperOf(subjects: readonly Subject[], modifiers: string): string {
  return `package wrapped
import rego.v1
${subjects.map((_one, i) => `r${i} := value if { value := data.native.r${i} ${modifiers} }`).join('\n')}
`;
}

export interface AskOptions {
  /** Rego text of rules that the subjects use. */
  rules?: string;
  /** A module of replacements and the `with` modifiers that put them in, for the module of WebAssembly only. */
  shims?: { source: string; modifiers: string };
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
  const root = options.shims === undefined ? 'native' : 'wrapped';
  const sources =
    options.shims === undefined
      ? [source]
      : [source, options.shims.source, wrapperOf(subjects, options.shims.modifiers)];
  const module = await webAssembly.compile(
    await compileModules(
      sources,
      subjects.map((_one, i) => `${root}/r${i}`),
    ),
  );
  const all = Object.fromEntries(
    coded.map((calls, i) => [`r${i}`, Object.fromEntries(calls.map((call, k) => [`k${k}`, call]))]),
  );
  const theirs = await (asked.get(source) ?? askOpa(source, all));
  asked.set(source, Promise.resolve(theirs));
  return subjects.flatMap(({ name, calls }, i) => {
    const ours = askModule(module, `${root}/r${i}`, all[`r${i}`] ?? {});
    return calls.map((call, k) => ({
      name,
      call: call.map(textOf).join(', '),
      opa: theirs[`r${i}`]?.[`k${k}`] ?? 'undefined',
      wasm: ours.get(`k${k}`) ?? 'undefined',
    }));
  });
}

type Calls = Record<string, unknown>;

/** One process for all: an error that ends a query (a conflict) would end all, so that is looked for by halves. */
async function askOpa(
  source: string,
  all: Record<string, Calls>,
): Promise<Record<string, Record<string, Answer>>> {
  const query = `{${Object.keys(all)
    .map((name) => `"${name}": data.native.${name}`)
    .join(', ')}}`;
  try {
    const text = (await opaEval(`json.marshal(${query})`, { 'native.rego': source }, all)) as string;
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
      const left = await askOpa(source, Object.fromEntries(entries.slice(0, half)));
      return { ...left, ...(await askOpa(source, Object.fromEntries(entries.slice(half)))) };
    }
    const [name, calls] = first;
    const ids = Object.entries(calls);
    if (ids.length === 1) {
      const said = String((error as { stdout?: unknown }).stdout ?? error);
      return { [name]: { [ids[0]?.[0] ?? '']: `error ${/"message": "([^"]*)"/.exec(said)?.[1] ?? said}` } };
    }
    const half = ids.length >> 1;
    const left = await askOpa(source, { [name]: Object.fromEntries(ids.slice(0, half)) });
    const right = await askOpa(source, { [name]: Object.fromEntries(ids.slice(half)) });
    return { [name]: { ...left[name], ...right[name] } };
  }
}

function askModule(module: Module, entrypoint: string, calls: Calls): Map<string, Answer> {
  const ids = Object.entries(calls);
  if (ids.length === 0) return new Map();
  const instance = new RegoInstance(
    module,
    createBuiltins(() => NOW),
    new TextEncoder().encode('{}'),
    MEMORY,
  );
  const input = new TextEncoder().encode(
    JSON.stringify({ [entrypoint.slice(entrypoint.indexOf('/') + 1)]: calls }),
  );
  try {
    const text = watch(MOST_TIME, () => instance.evaluate(instance.entrypoints.get(entrypoint) ?? -1, input));
    const found = text === undefined ? {} : (parseExact(text) as Record<string, unknown>);
    return new Map(Object.entries(found).map(([id, value]) => [id, exact(value)]));
  } catch (error) {
    if (ids.length === 1) return new Map([[ids[0]?.[0] ?? '', `error ${(error as Error).message}`]]);
    const half = ids.length >> 1;
    return new Map([
      ...askModule(module, entrypoint, Object.fromEntries(ids.slice(0, half))),
      ...askModule(module, entrypoint, Object.fromEntries(ids.slice(half))),
    ]);
  }
}
