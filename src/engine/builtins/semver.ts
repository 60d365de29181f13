import { compare, parse } from 'semver';
import type { Builtin } from '../wasm/instance.ts';
import { int } from '../wasm/term.ts';
import { fail, string } from './operands.ts';

/** OPA takes one leading `v` and nothing else around the version; the library would trim spaces and `=`. */
const STRICT = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

const read = (text: string) => (STRICT.test(text) ? parse(text) : null);

export const semantic: Readonly<Record<string, Builtin>> = {
  'semver.is_valid': ([version]) => typeof version === 'string' && read(version) !== null,
  'semver.compare': ([a, b]) => {
    const [left, right] = [read(string(a)), read(string(b))];
    return left === null || right === null ? fail('not a semantic version') : int(compare(left, right));
  },
};
