import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { ExhibitError } from '../../record/index.ts';
import { checkKey, type StoredObject, type WriteStore } from '../../store/index.ts';

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);

/** A batch has about 16 MB of records, in bundles and tiles. */
const MOST_BYTES = 512 * 2 ** 20;

/**
 * The objects of one seal, kept in the working place before the commit and removed when they are where they belong. So nothing is
 * ever written into the log itself that is not committed: a writer that was overtaken leaves nothing there.
 */
const stagingKey = (commit: string): string => `staging/${commit}`;

export async function stage(
  work: WriteStore,
  commit: string,
  objects: readonly StoredObject[],
): Promise<void> {
  await work.put(stagingKey(commit), await pack(encode(objects)));
}

/** Undefined where nothing is staged under this commit. @throws ExhibitError LEDGER_CORRUPT, STORE_FAILED */
export async function staged(work: WriteStore, commit: string): Promise<StoredObject[] | undefined> {
  const bytes = await work.get(stagingKey(commit));
  if (bytes === undefined) return undefined;
  try {
    return decode(await unpack(bytes, { maxOutputLength: MOST_BYTES }));
  } catch (cause) {
    throw new ExhibitError('LEDGER_CORRUPT', `${work.name}/${stagingKey(commit)} is damaged`, {
      cause,
      location: { file: `${work.name}/${stagingKey(commit)}` },
      hint: 'Nothing was removed. Look for an earlier version of the object.',
    });
  }
}

export async function unstage(work: WriteStore, commit: string): Promise<void> {
  await work.delete(stagingKey(commit));
}

/** Removes what writers staged and never committed. Whoever staged it was overtaken or has crashed. */
export async function sweep(work: WriteStore, but: string): Promise<void> {
  for (const key of await work.list('staging/')) if (key !== stagingKey(but)) await work.delete(key);
}

/** Each: length of the key (2), key, length of the bytes (4), bytes; big-endian. */
function encode(objects: readonly StoredObject[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { key, bytes } of objects) {
    const name = Buffer.from(key);
    const head = Buffer.alloc(6 + name.length);
    head.writeUInt16BE(name.length, 0);
    name.copy(head, 2);
    head.writeUInt32BE(bytes.length, 2 + name.length);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}

function decode(buffer: Buffer): StoredObject[] {
  const objects: StoredObject[] = [];
  for (let at = 0; at < buffer.length; ) {
    const name = buffer.readUInt16BE(at);
    const key = checkKey(buffer.toString('utf8', at + 2, at + 2 + name));
    const length = buffer.readUInt32BE(at + 2 + name);
    const start = at + 6 + name;
    if (!key.startsWith('log/') || start + length > buffer.length) throw new RangeError('lengths do not fit');
    objects.push({ key, bytes: buffer.subarray(start, start + length) });
    at = start + length;
  }
  return objects;
}
