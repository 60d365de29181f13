import type { Connection } from './connection.ts';
import { askedOf, base64Of, headersOf, type ToWrite } from './headers.ts';
import { writeParts } from './parts.ts';

/** Longer objects go in parts: a part that failed is sent again alone. */
export const WHOLE_BYTES = 16 * 2 ** 20;

/**
 * Writes an object. The store compares the bytes with their SHA-256 before it takes them.
 * @param found what an earlier try has left, asked after an answer was lost: its version, or undefined where nothing is there
 * @returns the version that was written; undefined where the bucket keeps none
 * @throws ExhibitError STORE_FAILED; with status 412 in its details where something is there already
 */
export async function write(
  connection: Connection,
  object: ToWrite,
  found: () => Promise<{ version: string | undefined } | undefined>,
): Promise<{ version: string | undefined }> {
  const { bytes, digest } = object;
  if (bytes.length > WHOLE_BYTES) return writeParts(connection, object, found);
  return connection.ask(
    askedOf(connection, object),
    async (client, options) => {
      const answer = await client.putObject(
        {
          ...headersOf(connection, object),
          ...(object.ifAbsent ? { IfNoneMatch: '*' } : {}),
          Body: bytes,
          ContentLength: bytes.length,
          // Amazon takes a lock only with a checksum that is named, too.
          ChecksumAlgorithm: 'SHA256',
          ChecksumSHA256: base64Of(digest),
        },
        options,
      );
      return { version: answer.VersionId };
    },
    found,
  );
}
