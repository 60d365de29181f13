import { ANSWER, ASKED, type Bundle, UNREAD } from '../../policy/index.ts';
import { ExhibitError, isExactNumber, numberOf } from '../../record/index.ts';
import { collectGarbage } from './collect.ts';
import { type Builtins, RegoInstance } from './instance.ts';
import type { Module } from './platform.ts';
import type { Term } from './term.ts';

/** One compiled module and its current instance, which is replaced when it grew too large or an evaluation failed. */
export class InstancePool {
  readonly entrypoints: ReadonlySet<string>;
  readonly #module: Module;
  readonly #builtins: Builtins;
  readonly #data: Uint8Array;
  readonly #limits: { instanceBytes: number; evaluationBytes: number };
  #instance: RegoInstance | undefined;
  #asked: string | readonly string[] = '';

  constructor(
    module: Module,
    builtins: Builtins,
    data: Uint8Array,
    limits: { instanceBytes: number; evaluationBytes: number },
  ) {
    this.#module = module;
    this.#builtins = new Map([...builtins, [ASKED, () => this.#asked as Term]]);
    this.#data = data;
    this.#limits = limits;
    this.entrypoints = new Set(this.#current().entrypoints.keys());
  }

  /** Memory that is held now, in bytes. */
  get bytes(): number {
    return this.#instance?.bytes ?? 0;
  }

  /** Evaluates a rule that the bundle's module answers for: `results_<kind>`, `policy_<id>`. @see evaluate */
  ask(rule: string, input: Uint8Array, again = false): string | undefined {
    this.#asked = rule;
    return this.evaluate(ANSWER, input, again);
  }

  /**
   * Asks for several rules in parts, each of which has the memory for itself. What one part took is free for the next.
   * @returns for each part an object from rule to value as JSON text, without the rules that are undefined; undefined for a bundle
   *   that answers one rule at a time
   * @see evaluate
   */
  askParts(parts: readonly (readonly string[])[], input: Uint8Array): (string | undefined)[] {
    const answers = parts.map((rules) => {
      this.#asked = rules;
      return this.evaluate(ANSWER, input, true);
    });
    if (this.dropLarge()) collectGarbage();
    return answers;
  }

  /**
   * @param input JSON in UTF-8
   * @param again more is asked of this input: a large instance is kept, for its memory is not given back before it is collected
   * @returns the value as JSON text; undefined when the rule is undefined
   * @throws whatever the evaluation throws; the instance is dropped then
   */
  evaluate(entrypoint: string, input: Uint8Array, again = false): string | undefined {
    const instance = this.#current(input.length);
    const id = instance.entrypoints.get(entrypoint);
    if (id === undefined)
      throw new ExhibitError('ENGINE_ERROR', `the bundle has no entrypoint ${entrypoint}`, {
        hint: 'Build the bundle again with this version.',
      });
    // Forgotten while it runs, so that an evaluation that is cut short cannot leave a half-done heap behind.
    this.#instance = undefined;
    const result = instance.evaluate(id, input);
    this.#instance = instance;
    if (!again) this.dropLarge();
    return result;
  }

  drop(): void {
    this.#instance = undefined;
  }

  /** Gives a large instance up: nothing more is asked of its input. @returns whether it was large */
  dropLarge(): boolean {
    const large = this.bytes > this.#limits.instanceBytes;
    if (large) this.drop();
    return large;
  }

  #current(inputBytes = 0): RegoInstance {
    if (this.#instance?.hasRoomFor(inputBytes) !== true)
      this.#instance = new RegoInstance(
        this.#module,
        this.#builtins,
        this.#data,
        this.#limits.evaluationBytes,
        inputBytes,
      );
    return this.#instance;
  }
}

/**
 * Base documents of a bundle as JSON: `data.json` at the root and below folders. Without the parts of the bundle's own data that no
 * rule may read: the module would take 50 ms at each start to parse them.
 * @throws ExhibitError BUNDLE_INVALID when one is not JSON
 */
export function baseDocuments(files: Bundle['files']): Uint8Array {
  const paths = [...files.keys()].filter((name) => /(^|\/)data\.json$/.test(name)).sort();
  const [only] = paths;
  if (only === undefined) return new TextEncoder().encode('{}');
  let root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const path of paths) {
    const folders = path
      .split('/')
      .slice(0, -1)
      .filter((name) => name !== '');
    const value = folders.reduceRight<unknown>(
      (inner, name) => ({ [name]: inner }),
      parse(path, files.get(path)),
    );
    root = merge(root, value as Record<string, unknown>);
  }
  return new TextEncoder().encode(JSON.stringify(withoutUnread(root)));
}

function withoutUnread(root: Record<string, unknown>): unknown {
  const { exhibit } = root;
  if (!isMap(exhibit) || !isMap(exhibit.bundle)) return root;
  const bundle = Object.entries(exhibit.bundle).filter(([key]) => !UNREAD.some((name) => name === key));
  return { ...root, exhibit: { ...exhibit, bundle: Object.fromEntries(bundle) } };
}

function parse(path: string, bytes: Uint8Array | undefined): unknown {
  try {
    return exactly(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ExhibitError('BUNDLE_INVALID', `${path} of the bundle is not JSON`, { cause });
  }
}

type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const keepDigits: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined ? numberOf(source) : value;

/**
 * A number that a double cannot hold has 16 digits or an exponent, and stands behind a sign of JSON or white space. It may stand in a text:
 * then the digits of numbers are kept for nothing, which costs time and no correctness.
 */
const INEXACT = /(?:^|[:[,\s])-?(?:[\d.]{16}|\d[\d.]*[eE])/;

/** A number that a double cannot hold keeps its digits. */
export function exactly(text: string): unknown {
  return INEXACT.test(text)
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

function merge(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const entries = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const before = entries.get(key);
    entries.set(key, isMap(before) && isMap(value) ? merge(before, value) : value);
  }
  return Object.fromEntries(entries);
}
