import { DEFAULT_LIMITS, type InputFile, parseInput } from '../../../inputs/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import { saidBy, unknownPart } from '../problem.ts';
import { unpacked } from '../unpack.ts';
import { Deliveries, deliveredOf } from './delivered.ts';
import { LatestItems } from './latest.ts';
import { type AwsPlace, Objects } from './objects.ts';

const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

export const isBucket = (path: string): boolean => path.startsWith('s3://');

/**
 * What AWS Config delivered to a bucket, as it is now: of each account and region the newest snapshot that can be read, with what its
 * histories say that came after it. A newer snapshot that cannot be read, and a region without one, are problems.
 * @param address `s3://bucket/prefix`
 * @param most longest object in bytes, unpacked
 * @throws ExhibitError USAGE
 */
export async function* bucketInventory(
  address: string,
  place: AwsPlace,
  most: number = DEFAULT_LIMITS.fileBytes,
): AsyncGenerator<InputFile> {
  const [, bucket, prefix = ''] = ADDRESS.exec(address) ?? [];
  if (bucket === undefined)
    throw new ExhibitError('USAGE', `${JSON.stringify(address)} names no bucket`, {
      hint: 'Example: s3://config-logs/AWSLogs/111122223333/Config/eu-west-1',
    });
  const objects = new Objects(place);
  try {
    const found = await listed(objects, bucket, prefix);
    if (isExhibitError(found)) {
      yield { file: address, documents: [], problems: [{ file: address, error: found }] };
      return;
    }
    if (found.length === 0)
      yield unknownPart(address, 'INPUT_EMPTY', 'nothing that AWS Config delivers lies there', {
        hint: 'Name the prefix of the delivery channel, or AWSLogs/ACCOUNT/Config/REGION below it.',
      });
    for (const one of found) yield* current(objects, bucket, one, most);
  } finally {
    objects.close();
  }
}

/** By account and region, sorted. */
async function listed(
  objects: Objects,
  bucket: string,
  prefix: string,
): Promise<Deliveries[] | ExhibitError> {
  const found = new Map<string, Deliveries>();
  try {
    for await (const key of objects.keys(bucket, prefix)) {
      const one = deliveredOf(key);
      if (one === undefined) continue;
      const name = `${one.account}/${one.region}`;
      const deliveries = found.get(name) ?? new Deliveries(one.account, one.region);
      found.set(name, deliveries);
      deliveries.add(one);
    }
  } catch (cause) {
    if (isExhibitError(cause)) return cause;
    return new ExhibitError('INPUT_UNREADABLE', `the bucket gives no list: ${saidBy(cause)}`, {
      cause,
      location: { file: `s3://${bucket}/${prefix}` },
      hint: 'Set AWS_PROFILE, or give the machine a role that may s3:ListBucket and s3:GetObject here.',
    });
  }
  return [...found.keys()].sort().flatMap((name) => found.get(name) ?? []);
}

async function* current(
  objects: Objects,
  bucket: string,
  deliveries: Deliveries,
  most: number,
): AsyncGenerator<InputFile> {
  const { account, region, dropped } = deliveries;
  const place = `s3://${bucket}/${account}/${region}`;
  const read = async (key: string) => {
    const file = `s3://${bucket}/${key}`;
    const raw = await objects.read(bucket, key, most);
    return parseInput(file, unpacked(file, raw, most), { fileBytes: most });
  };
  let snapshot: { read: InputFile; at: string } | undefined;
  for (const { key, at } of deliveries.snapshots) {
    const one = await wholeOr(`s3://${bucket}/${key}`, () => read(key));
    if (one.problems.length === 0) {
      snapshot = { read: one, at };
      break;
    }
    yield { ...one, documents: [] };
  }
  if (snapshot === undefined)
    yield unknownPart(
      place,
      'INPUT_EMPTY',
      'there is no snapshot of the account in the region that can be read',
      {
        hint: 'aws configservice deliver-config-snapshot makes one. What its histories say is judged all the same.',
      },
    );
  if (dropped > 0)
    yield unknownPart(place, 'INPUT_TOO_LARGE', `${dropped} histories are older than those that are read`, {
      hint: 'Have AWS Config deliver snapshots, daily or more often.',
    });
  const histories = deliveries.historiesAfter(snapshot?.at ?? '');
  if (histories.length === 0) {
    if (snapshot !== undefined) yield snapshot.read;
    return;
  }
  const latest = new LatestItems();
  for (const { value } of snapshot?.read.documents ?? []) latest.add(value);
  for (const { key } of histories) {
    const one = await wholeOr(`s3://${bucket}/${key}`, () => read(key));
    if (one.problems.length > 0) yield { ...one, documents: [] };
    for (const { value } of one.documents) latest.add(value);
  }
  yield* latest.documents(snapshot?.read.file ?? place);
}

/** What was read, or its problem. Only what is of AWS Config counts. */
async function wholeOr(file: string, read: () => Promise<InputFile>): Promise<InputFile> {
  try {
    const one = await read();
    if (one.documents.some(({ kind }) => kind !== 'aws-config'))
      return unknownPart(file, 'INPUT_FORMAT', 'the object is no file of AWS Config');
    return one;
  } catch (cause) {
    if (!isExhibitError(cause)) throw cause;
    return { file, documents: [], problems: [{ file, error: cause }] };
  }
}
