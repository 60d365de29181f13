import { createHash, randomUUID } from 'node:crypto';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { statusOf } from '../s3/answer.ts';
import { CHECK_PREFIX } from '../s3/condition.ts';
import { Connection, readBody } from '../s3/connection.ts';
import { DIGEST_NAME, isAbsent } from '../s3/read.ts';
import { type S3StoreSettings, s3Place } from '../s3/settings.ts';
import { isPassing, PATIENCE, type Patience } from '../s3/tries.ts';
import { type Held, MOST_CELL_BYTES, type SwapCell } from './types.ts';

/**
 * A cell in a bucket, by `If-Match` on its ETag. The bucket should keep no versions: they would pile up, and Ceph 16 heeds no condition
 * where it keeps them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function s3Cell(settings: S3StoreSettings, key: string, patience: Partial<Patience> = {}): SwapCell {
  const place = s3Place({ ...settings, lock: undefined });
  const connection = new Connection(place, { ...PATIENCE, ...patience }, Date.now);
  const cell = at(connection, `${place.prefix}${key}`);
  return {
    ...cell,
    async prove() {
      const probe = at(connection, `${place.prefix}${CHECK_PREFIX}if-match`);
      const text = () => `exhibit ${randomUUID()}\n`;
      for (let tried = 0; tried < TRIES; tried += 1) {
        const from = (await probe.read())?.tag;
        const to = await probe.swap(from, text());
        // Another one who tries at the same time was faster.
        if (to === undefined) continue;
        if ((await probe.swap(from, text())) !== undefined) break;
        if (from !== undefined) return;
      }
      throw new ExhibitError('STORE_FAILED', `${place.name} does not heed If-Match`, {
        location: { file: place.name },
        hint: 'A lock is not safe there. Use a bucket without versions, or another lock: dynamodb:TABLE or sqlite:FILE.',
      });
    },
    close: () => connection.close(),
  };
}

/** Of a probe: the first finds nothing there, and others may be trying at the same time. */
const TRIES = 8;

function at(connection: Connection, key: string): Pick<SwapCell, 'name' | 'read' | 'swap'> {
  const { bucket } = connection.place;
  const name = `s3://${bucket}/${key}`;
  const read = (): Promise<Held | undefined> =>
    connection.ask({ right: 's3:GetObject', key }, async (client, options, alive) => {
      try {
        const answer = await client.getObject({ Bucket: bucket, Key: key }, options);
        const bytes = await readBody(answer.Body, MOST_CELL_BYTES, options.abortSignal, alive);
        // Bytes that were damaged on their way must not pass for the state of a writer.
        if (bytes.length !== answer.ContentLength || hexOf(bytes) !== answer.Metadata?.[DIGEST_NAME])
          throw new ExhibitError(
            'STORE_FAILED',
            `${name}: the bytes that came are not those that were written`,
            {
              location: { file: name },
              details: { again: true },
            },
          );
        if (answer.ETag === undefined) throw new ExhibitError('STORE_FAILED', `${name} has no ETag`);
        return { text: Buffer.from(bytes).toString(), tag: answer.ETag };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    });
  const attempt = (condition: Condition, text: string): Promise<string | undefined> => {
    const bytes = Buffer.from(text);
    const own = async () => {
      const there = await read();
      return there?.text === text ? there.tag : undefined;
    };
    return connection
      .ask(
        { right: 's3:PutObject', key },
        async (client, options) => {
          const answer = await client.putObject(
            {
              Bucket: bucket,
              Key: key,
              Body: bytes,
              ContentLength: bytes.length,
              Metadata: { [DIGEST_NAME]: hexOf(bytes) },
              // The store compares before it takes them.
              ContentMD5: createHash('md5').update(bytes).digest('base64'),
              ...condition,
            },
            options,
          );
          return answer.ETag ?? (await own());
        },
        own,
      )
      .catch((error: unknown) => {
        if (!isConflict(error)) throw error;
        // A try whose answer was lost may have been this one's own.
        return own();
      });
  };
  let bare = false;
  return {
    name,
    read,
    async swap(tag, text) {
      if (tag === undefined) return attempt({ IfNoneMatch: '*' }, text);
      const written = await attempt({ IfMatch: bare ? unquoted(tag) : tag }, text);
      if (written !== undefined || bare || (await read())?.tag !== tag) return written;
      // Ceph 16 compares the header as it stands with a tag that has no quotation marks.
      const again = await attempt({ IfMatch: unquoted(tag) }, text);
      bare = again !== undefined;
      return again;
    },
  };
}

type Condition = { IfNoneMatch: '*' } | { IfMatch: string };

const unquoted = (tag: string): string => tag.replaceAll('"', '');

const hexOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** 412: another text is there; 404: none is, where one was asked for. */
function isConflict(error: unknown): boolean {
  const cause = isExhibitError(error) ? error.cause : error;
  const status = statusOf(cause);
  return !isPassing(cause) && (status === 412 || status === 404);
}
