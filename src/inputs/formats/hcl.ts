import { ExhibitError } from '../../record/index.ts';
import { type HclFile, readHcl } from '../hcl/body.ts';
import { HclError } from '../hcl/scanner.ts';
import { type Format, isObject, type Source } from '../source.ts';
import type { JsonPath } from '../types.ts';

/**
 * One `.tf` or `.tofu` file, read without Terraform: literals are values, other expressions stay text with `${`. A plan says
 * more, so such files are read when they are named and passed over below a folder.
 */
export const hcl: Format = {
  name: 'hcl',
  reference: {
    known: 'by its name: `.tf`, `.tofu`, when the file is named',
    sees: 'the JSON form of hcl2json and Conftest: blocks are lists under type and labels, an expression is a text with `${`',
    positions: 'the argument or block',
  },
  detect: (source) => source.extension === '.tf' || source.extension === '.tofu',
  parse(source) {
    const file = read(source);
    if (Object.keys(file.value).length === 0) return [];
    return [{ kind: 'hcl', value: file.value, locate: (path) => source.place(offsetOf(file, path)) }];
  },
};

function read(source: Source): HclFile {
  try {
    return readHcl(source.text);
  } catch (cause) {
    if (!(cause instanceof HclError)) throw cause;
    throw new ExhibitError('INPUT_SYNTAX', `the file is not well-formed HCL: ${cause.message}`, {
      cause,
      location: source.place(cause.offset),
      hint: 'Terraform says more about it: terraform validate.',
    });
  }
}

/** Offset of what a path names, or of the nearest around it that has one. */
function offsetOf({ value, places }: HclFile, path: JsonPath): number {
  let node: unknown = value;
  let offset = 0;
  for (const step of path) {
    if (typeof node !== 'object' || node === null) return offset;
    const key = Array.isArray(node) ? Number(step) : String(step);
    const at = places.get(node)?.get(key);
    if (at === undefined) return offset;
    offset = at;
    node = Array.isArray(node) ? node[Number(step)] : isObject(node) ? node[String(step)] : undefined;
  }
  return offset;
}
