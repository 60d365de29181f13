/** Cedar in a browser: the part in JavaScript of its own package for browsers, and the WebAssembly that a page carries. */
import * as web from '@cedar-policy/cedar-wasm/web';
import { type CedarModule, provideCedar } from '../../../policy/index.ts';

let ended = false;

/** @param code `cedar_wasm_bg.wasm` */
export async function useCedar(code: Uint8Array<ArrayBuffer>): Promise<void> {
  await web.default({ module_or_path: code });
  let given = false;
  provideCedar(() => {
    // After a trap it would have to be loaded anew, which its part in JavaScript does once and not again.
    if (given) {
      ended = true;
      throw new Error('Cedar ended in the middle of a decision before');
    }
    given = true;
    return web as unknown as CedarModule;
  });
}

/** Whether nothing more is to be believed that Cedar says here. */
export const hasCedarEnded = (): boolean => ended;
