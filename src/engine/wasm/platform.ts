import { keepReplacedCode } from '../../policy/index.ts';

// TypeScript has WebAssembly's types in its library for browsers only; this is the part that the engine uses.

export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A compiled module: opaque. */
export type Module = object;

interface Api {
  Memory: new (descriptor: { initial: number; maximum: number }) => Memory;
  Instance: new (module: Module, imports: object) => { readonly exports: object };
  compile(bytes: Uint8Array): Promise<Module>;
}

keepReplacedCode();

/** The host's WebAssembly. */
export const webAssembly: Api = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;
