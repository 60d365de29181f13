import { HOST_REPLACEMENTS, hostName } from '../../policy/index.ts';
import type { Builtin } from '../wasm/instance.ts';
import { bits } from './bits.ts';
import { glob } from './glob.ts';
import { json } from './json.ts';
import { netContains } from './net-contains.ts';
import { native as regex } from './regex.ts';
import { toNumber } from './to-number.ts';

const OWN: Readonly<Record<string, Builtin>> = {
  ...bits,
  ...glob,
  ...json,
  ...netContains,
  ...regex,
  ...toNumber,
};

/**
 * Our forms of built-ins that OPA compiles into the module and that answer there otherwise than in its interpreter, under
 * the names by which a bundle's module calls them. The suite tests/interop/native holds them to the interpreter's answers.
 */
export const native: Readonly<Record<string, Builtin>> = Object.fromEntries(
  HOST_REPLACEMENTS.flatMap((name) => {
    const builtin = OWN[name];
    return builtin === undefined ? [] : [[hostName(name), builtin]];
  }),
);
