import { createHash } from 'node:crypto';
import type { InputDocument, InputKind } from '../../inputs/index.ts';
import { formatDigest } from '../../record/index.ts';

/** A document as the readers give it, whose positions are the number of keys on the way. */
export function documentOf(kind: InputKind, value: unknown, file = 'input.json', index = 0): InputDocument {
  const bytes = createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest();
  return {
    kind,
    file,
    index,
    value,
    raw_digest: formatDigest(bytes),
    locate: (path) => ({ file, line: path.length + 1, column: 1 }),
  };
}
