import type { CompletedPart } from '@aws-sdk/client-s3';
import { ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import { askedOf, base64Of, headersOf, type ToWrite } from './headers.ts';
import { digestOf } from './read.ts';

const PART_BYTES = 16 * 2 ** 20;

/** Writes an object in parts, each with its SHA-256. One that fails leaves nothing: its parts are given up. @see write */
export async function writeParts(
  connection: Connection,
  object: ToWrite,
  found: () => Promise<{ version: string | undefined } | undefined>,
): Promise<{ version: string | undefined }> {
  const { key, bytes, ifAbsent } = object;
  const asked = askedOf(connection, object);
  const { bucket } = connection.place;
  const { UploadId } = await connection.ask(asked, (client, options) =>
    client.createMultipartUpload({ ...headersOf(connection, object), ChecksumAlgorithm: 'SHA256' }, options),
  );
  if (UploadId === undefined)
    throw new ExhibitError(
      'STORE_FAILED',
      `s3://${bucket}/${key}: the store gave no id for an upload in parts`,
    );
  const upload = { Bucket: bucket, Key: key, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (let from = 0; from < bytes.length; from += PART_BYTES) {
      const body = bytes.subarray(from, from + PART_BYTES);
      const PartNumber = Parts.length + 1;
      const ChecksumSHA256 = base64Of(digestOf(body));
      const { ETag, ChecksumSHA256: kept } = await connection.ask(asked, (client, options) =>
        client.uploadPart(
          { ...upload, PartNumber, Body: body, ContentLength: body.length, ChecksumSHA256 },
          options,
        ),
      );
      // A store that keeps no checksums of parts refuses to be told of them.
      Parts.push({
        PartNumber,
        ...(ETag === undefined ? {} : { ETag }),
        ...(kept === undefined ? {} : { ChecksumSHA256: kept }),
      });
    }
    return await connection.ask(
      asked,
      async (client, options) => {
        const answer = await client.completeMultipartUpload(
          { ...upload, MultipartUpload: { Parts }, ...(ifAbsent ? { IfNoneMatch: '*' } : {}) },
          options,
        );
        return { version: answer.VersionId };
      },
      found,
    );
  } catch (error) {
    // Where that fails too, a rule of the bucket for unfinished uploads takes them away. Why the writing failed is what counts.
    await connection
      .ask({ ...asked, right: 's3:AbortMultipartUpload' }, (client, options) =>
        client.abortMultipartUpload(upload, options),
      )
      .catch(() => undefined);
    throw error;
  }
}
