import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import {
  ioError,
  type LockSetting,
  placeSchema,
  syncDirectory,
  systemCode,
  writeWhole,
} from '../../store/index.ts';

/** In the folder that writes a log into a bucket. Never copied: it is of this folder alone. */
export const REMOTE = 'remote.json';

const FORMAT = 'exhibit.remote/1';

const lockSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('s3') }).describe('an object in the working place, replaced by If-Match'),
  z.strictObject({
    kind: z.literal('dynamodb'),
    table: z.string().min(3).max(255),
    region: z.string().optional(),
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
  }),
  z.strictObject({ kind: z.literal('sqlite'), file: z.string().startsWith('/') }),
]);

export const remoteSchema = z.strictObject({
  format: z.literal(FORMAT),
  instance: z.uuid().describe('of this folder since it writes: new each time that it takes over'),
  store: placeSchema.describe('where the log lies, for everybody to read: locked, with versions'),
  work: placeSchema.describe(
    'where lies what only writers need: write-ahead logs, and what is about to be published; neither locked nor with versions',
  ),
  lock: lockSchema.describe('where it is kept who writes and what was signed last: apart from the log'),
});

export type RemoteSettings = z.output<typeof remoteSchema>;
/** Settings as a caller gives them; format and instance are set. */
export type RemotePlaces = Omit<z.input<typeof remoteSchema>, 'format' | 'instance'>;

/** @throws ExhibitError CONFIG_INVALID */
export function makeRemote(places: RemotePlaces, instance: string): RemoteSettings {
  return checked({ format: FORMAT, instance, ...places }, REMOTE);
}

/** The settings of a folder; undefined where its log lies in the folder alone. @throws ExhibitError CONFIG_INVALID, LEDGER_IO */
export async function readRemote(folder: string): Promise<RemoteSettings | undefined> {
  const path = join(folder, REMOTE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw ioError(error, path);
  }
  try {
    return checked(JSON.parse(text), path);
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw new ExhibitError('CONFIG_INVALID', `${path} is not JSON`, { cause, location: { file: path } });
  }
}

/** How what a folder writes into the bucket is locked; undefined: as the bucket says. */
export function locksOf({ store }: Pick<RemoteSettings, 'store'>): LockSetting | undefined {
  return 'lock' in store ? store.lock : undefined;
}

/** The settings, with the locks of who writes where they name none of their own. */
export function adopted(settings: RemoteSettings, locks: LockSetting | undefined): RemoteSettings {
  const { store } = settings;
  if (locks === undefined || locksOf(settings) !== undefined || !store.url.startsWith('s3://'))
    return settings;
  return checked({ ...settings, store: { ...store, lock: locks } }, REMOTE);
}

export async function writeRemote(folder: string, settings: RemoteSettings): Promise<void> {
  await writeWhole(join(folder, REMOTE), Buffer.from(`${JSON.stringify(settings, undefined, 2)}\n`), 0o600);
  await syncDirectory(folder);
}

function checked(value: unknown, file: string): RemoteSettings {
  const result = remoteSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ExhibitError(
    'CONFIG_INVALID',
    `${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong'}`,
    {
      location: { file },
    },
  );
}
