import { ExhibitError } from '../../record/index.ts';
import { type Memory, type Module, webAssembly } from './platform.ts';
import type { Term } from './term.ts';
import { encodeTerm, parseTerm } from './text.ts';

/** A built-in function that the host supplies. `undefined`: the call has no value, as for an error in OPA. */
export type Builtin = (args: readonly Term[]) => Term | undefined;
export type Builtins = ReadonlyMap<string, Builtin>;

/** What OPA's compiler exports, ABI 1.2 and newer. @see OPA's documentation of its WebAssembly ABI */
interface Exports {
  opa_malloc(bytes: number): number;
  opa_json_parse(address: number, bytes: number): number;
  opa_json_dump(value: number): number;
  opa_value_parse(address: number, bytes: number): number;
  opa_value_dump(value: number): number;
  opa_heap_ptr_get(): number;
  opa_eval(
    reserved: number,
    entrypoint: number,
    data: number,
    input: number,
    inputBytes: number,
    heap: number,
    format: number,
  ): number;
  builtins(): number;
  entrypoints(): number;
  opa_wasm_abi_version: { readonly value: number };
  opa_wasm_abi_minor_version: { readonly value: number };
}

const PAGE = 65_536;
const INITIAL_PAGES = 5;
/** An input for which an instance's memory may grow page by page, in bytes. */
const SMALL_INPUT = 65_536;
/** Values that an evaluation makes take up to about this many bytes for one of its input: a guess that costs nothing when it is too high. */
const BYTES_FOR_ONE = 60;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One instance of a compiled policy. It must not be entered twice at once, and after a thrown error it must be
 * dropped, because its heap is in an unknown state. Its memory never shrinks, so long-lived callers replace it.
 */
export class RegoInstance {
  readonly entrypoints: ReadonlyMap<string, number>;
  readonly #memory: Memory;
  readonly #exports: Exports;
  readonly #data: number;
  readonly #heap: number;
  readonly #roomFor: number;
  #bytes: Uint8Array;

  /**
   * @param data base documents as JSON in UTF-8
   * @param maximumBytes most memory that an evaluation may take
   * @param inputBytes of the largest input that is expected. Its memory is there from the start: the module would ask for it page
   *   by page, and each time V8 counts it as a reason to collect garbage. What is never touched takes no memory of the machine.
   * @throws ExhibitError BUNDLE_INVALID for another ABI, POLICY_BUILTIN when a built-in is missing
   */
  constructor(module: Module, builtins: Builtins, data: Uint8Array, maximumBytes: number, inputBytes = 0) {
    const maximum = Math.max(INITIAL_PAGES, Math.floor(maximumBytes / PAGE));
    const initial = Math.min(maximum, INITIAL_PAGES + Math.ceil((inputBytes * BYTES_FOR_ONE) / PAGE));
    this.#memory = new webAssembly.Memory({ initial, maximum });
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#roomFor = inputBytes;
    const called: Builtin[] = [];
    const call = (id: number, _context: number, ...args: number[]) => this.#call(called[id], args);
    const instance = new webAssembly.Instance(module, {
      env: {
        memory: this.#memory,
        opa_abort: (address: number) => {
          throw new ExhibitError('ENGINE_ERROR', this.#text(address));
        },
        opa_println: () => undefined,
        opa_builtin0: call,
        opa_builtin1: call,
        opa_builtin2: call,
        opa_builtin3: call,
        opa_builtin4: call,
      },
    });
    this.#exports = instance.exports as unknown as Exports;
    checkAbi(this.#exports);
    for (const [name, id] of Object.entries(this.#json(this.#exports.builtins()))) {
      const builtin = builtins.get(name);
      if (builtin === undefined)
        throw new ExhibitError('POLICY_BUILTIN', `the bundle calls ${name}, which the run time lacks`);
      called[id] = builtin;
    }
    this.entrypoints = new Map(Object.entries(this.#json(this.#exports.entrypoints())));
    this.#data = this.#load(data);
    this.#heap = this.#exports.opa_heap_ptr_get();
  }

  /** Bytes of memory that it holds, touched or not. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Whether an input of this size has its memory without growing. */
  hasRoomFor(inputBytes: number): boolean {
    return inputBytes <= Math.max(this.#roomFor, SMALL_INPUT);
  }

  /**
   * Evaluates one entrypoint.
   * @param input JSON in UTF-8
   * @returns the value as JSON text, or undefined when the rule is undefined
   * @throws ExhibitError ENGINE_ERROR with the module's own words; RangeError or WebAssembly.RuntimeError on a trap
   */
  evaluate(entrypoint: number, input: Uint8Array): string | undefined {
    const missing = this.#heap + input.length - this.bytes;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    this.#view().set(input, this.#heap);
    const address = this.#exports.opa_eval(
      0,
      entrypoint,
      this.#data,
      this.#heap,
      input.length,
      this.#heap + input.length,
      0,
    );
    const text = this.#text(address);
    return text === '[]' ? undefined : text.slice('[{"result":'.length, -'}]'.length);
  }

  #call(builtin: Builtin | undefined, args: readonly number[]): number {
    if (builtin === undefined) throw new ExhibitError('ENGINE_ERROR', 'the module calls an unknown built-in');
    const terms = args.map((address) => parseTerm(this.#text(this.#exports.opa_value_dump(address))));
    const result = builtin(terms);
    if (result === undefined) return 0;
    // Written in place: a buffer for each call would be garbage by the hundred thousand.
    const text = encodeTerm(result);
    const length = Buffer.byteLength(text);
    const address = this.#exports.opa_malloc(length);
    encoder.encodeInto(text, this.#view().subarray(address, address + length));
    return this.#parsed(this.#exports.opa_value_parse(address, length));
  }

  #load(bytes: Uint8Array): number {
    const address = this.#exports.opa_malloc(bytes.length);
    this.#view().set(bytes, address);
    return this.#parsed(this.#exports.opa_json_parse(address, bytes.length));
  }

  #parsed(value: number): number {
    if (value === 0) throw new ExhibitError('ENGINE_ERROR', 'the module cannot read a value');
    return value;
  }

  #json(value: number): Record<string, number> {
    return JSON.parse(this.#text(this.#exports.opa_json_dump(value))) as Record<string, number>;
  }

  #text(address: number): string {
    const memory = this.#view();
    return decoder.decode(memory.subarray(address, memory.indexOf(0, address)));
  }

  /** The memory as it is now: growing it takes the buffer away. */
  #view(): Uint8Array {
    const { buffer } = this.#memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }
}

function checkAbi(exports: Exports): void {
  const [major, minor] = [exports.opa_wasm_abi_version?.value, exports.opa_wasm_abi_minor_version?.value];
  if (major !== 1 || !(minor >= 2))
    throw new ExhibitError('BUNDLE_INVALID', `policy.wasm has ABI ${major}.${minor}; 1.2 or newer is needed`);
}
