import { ANSWER, ASKED, type Bundle, UNREAD } from '../../policy/index.ts';
import { ExhibitError, isExactNumber, numberOf } from '../../record/index.ts';
import { type Builtins, RegoInstance } from './instance.ts';
import type { Module } from './platform.ts';

/** One compiled module and its current instance, which is replaced when it grew too large or an evaluation failed. */
export class InstancePool {
  readonly entrypoints: ReadonlySet<string>;
  readonly #module: Module;
  readonly #builtins: Builtins;
  readonly #data: Uint8Array;
  readonly #limits: { instanceBytes: number; evaluationBytes: number };
  #instance: RegoInstance | undefined;
  #asked = '';

  constructor(
    module: Module,
    builtins: Builtins,
    data: Uint8Array,
    limits: { instanceBytes: number; evaluationBytes: number },
  ) {
    this.#module = module;
    this.#builtins = new Map([...builtins, [ASKED, () => this.#asked]]);
    this.#data = data;
    this.#limits = limits;
    this.entrypoints = new Set(this.#current().entrypoints.keys());
  }

  /** Memory that is held now, in bytes. */
  get bytes(): number {
    return this.#instance?.bytes ?? 0;
  }

  /** Evaluates a rule that the bundle's module answers for: `results_<kind>`, `policy_<id>`. @see evaluate */
  ask(rule: string, input: Uint8Array): string | undefined {
    this.#asked = rule;
    return this.evaluate(ANSWER, input);
  }

  /**
   * @param input JSON in UTF-8
   * @returns the value as JSON text; undefined when the rule is undefined
   * @throws whatever the evaluation throws; the instance is dropped then
   */
  evaluate(entrypoint: string, input: Uint8Array): string | undefined {
    const instance = this.#current();
    const id = instance.entrypoints.get(entrypoint);
    if (id === undefined)
      throw new ExhibitError('ENGINE_ERROR', `the bundle has no entrypoint ${entrypoint}`, {
        hint: 'Build the bundle again with this version.',
      });
    // Forgotten while it runs, so that an evaluation that is cut short cannot leave a half-done heap behind.
    this.#instance = undefined;
    const result = instance.evaluate(id, input);
    if (instance.bytes <= this.#limits.instanceBytes) this.#instance = instance;
    return result;
  }

  drop(): void {
    this.#instance = undefined;
  }

  #current(): RegoInstance {
    this.#instance ??= new RegoInstance(
      this.#module,
      this.#builtins,
      this.#data,
      this.#limits.evaluationBytes,
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
function exactly(text: string): unknown {
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
