import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 keep WebAssembly code that faster code has replaced. Its collection ends the process now and then: a check of V8's list of code
 * pages fails (`Check failed: jit_page_->allocations_.erase(addr) == 1`, nodejs/node issue 64500, Node 24). A module's code goes with the
 * module all the same. To be called before a module is compiled; it holds for all threads of the process.
 */
export function keepReplacedCode(): void {
  setFlagsFromString('--no-wasm-code-gc');
}
