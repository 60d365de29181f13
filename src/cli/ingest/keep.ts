import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { canonicalize, type Digest, ExhibitError, redact, redactText, toHex } from '../../record/index.ts';
import { type Report, unreadable } from '../../sources/index.ts';

/** Longest report of which a copy without secrets is kept, in bytes. */
const MOST_KEPT = 8 * 1024 * 1024;

/** SHA-256 of a file as it is, its length, and when it was written. @throws ExhibitError INPUT_UNREADABLE */
export async function digestFile(
  path: string,
  name: string,
): Promise<{ digest: Digest; bytes: number; written: number }> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      hash.update(chunk as Buffer);
    const { size, mtimeMs } = await stat(path);
    return { digest: `sha256:${toHex(hash.digest())}`, bytes: size, written: Math.floor(mtimeMs) };
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/**
 * A copy of a report without its secrets: JSON by members, anything else by what looks like a credential. Undefined for one that is too
 * long or cannot be read as text; the records then have its digest only.
 */
export async function withoutSecrets(report: Report, bytes: number): Promise<Uint8Array | undefined> {
  if (bytes > MOST_KEPT) return undefined;
  try {
    const text =
      report.shape === 'json' || report.shape === 'json-array'
        ? canonicalize(redact(await report.json()).value)
        : redactText(await report.text());
    return new TextEncoder().encode(text);
  } catch (cause) {
    if (cause instanceof ExhibitError) return undefined;
    throw cause;
  }
}
