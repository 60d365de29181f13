import {
  acceptClock,
  initLedger,
  type LedgerStatus,
  ledgerStatus,
  openReader,
  rotateKey,
} from '../../ledger/index.ts';
import { ExhibitError, isExhibitError, plural, toHex } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable, wrap } from '../terminal/text.ts';
import { clockText, numberingText, signerText } from './facts.ts';
import { forget, openWriter, remember, remembered } from './memory.ts';
import { notedRows } from './noted-rows.ts';
import { alarmRows, exitOfAlarms, witnessRows } from './witness-rows.ts';

/** Makes an evidence folder. */
export async function init(
  folder: string,
  named: string | undefined,
  signer: string | undefined,
  context: Context,
): Promise<ExitCode> {
  const { clock, random, stdout, stderr } = context;
  const origin = named ?? `exhibit.local/${toHex(random(6))}`;
  const outside = signer === undefined ? {} : { signer };
  const { vkey } = await initLedger(folder, { origin, clock, random, ...outside }).catch((error: unknown) =>
    alreadyThere(folder, named, error),
  );
  stdout.write(
    table(
      [
        ['evidence folder', folder],
        ['origin', origin],
        ['public key', vkey],
      ],
      stdout,
    ),
  );
  const advice =
    'Keep the public key in another place: whoever verifies the log needs it from someone else than its writer.';
  const chosen =
    named === undefined
      ? 'The origin was chosen at random. It cannot be changed later: to name the log yourself, make it in another folder with --origin. '
      : '';
  stderr.write(`${wrap(chosen + advice, Math.min(stderr.columns, 100)).join('\n')}\n`);
  const seen = remembered(origin, context);
  // Said now: the first seal would be refused, and by then the name is in use.
  if (seen !== undefined)
    stderr.write(
      sentence(
        `This machine has seen another log of this name, with ${plural(seen.size, 'record')}, and will refuse to write to this one. Make it in another folder under a name that no other log has. If the other log is given up: exhibit ledger forget ${origin}`,
        stderr,
      ),
    );
  return EXIT.ok;
}

/** A ledger is made once: what is there is said, and that its name stays. */
async function alreadyThere(folder: string, named: string | undefined, error: unknown): Promise<never> {
  if (!isExhibitError(error, 'LEDGER_EXISTS')) throw error;
  const status = await ledgerStatus(folder).catch(() => undefined);
  if (status === undefined) throw error;
  const { origin, size, recorded } = status;
  const until = recorded === undefined ? '' : `, the last of ${recorded.last}`;
  const other = named === undefined || named === origin ? '' : `, not ${named}`;
  throw new ExhibitError(
    'LEDGER_EXISTS',
    `${folder} holds a ledger already: origin ${origin}${other}, ${plural(size, 'record')}${until}`,
    {
      cause: error.cause,
      hint: 'It is used as it is; exhibit ledger status shows more. The origin is set once, by --origin when a log is made, since every checkpoint is signed with it. For a log of another name take another folder.',
    },
  );
}

/** Seals what waits. */
export async function seal(
  folder: string,
  { heartbeat = false, acceptClock: accept = false }: { heartbeat?: boolean; acceptClock?: boolean },
  context: Context,
): Promise<ExitCode> {
  const ledger = await openWriter(folder, context);
  try {
    const { clock, random } = context;
    const { size, root, added, duplicates } = accept
      ? await acceptClock(folder, { clock, random, heartbeat })
      : await ledger.seal({ heartbeat });
    await remember(ledger, context);
    context.stdout.write(
      table(
        [
          ['size', String(size)],
          ['root', root],
          ['added', String(added)],
          ['duplicates left out', String(duplicates)],
        ],
        context.stdout,
      ),
    );
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Prints what a log holds, without verifying it. Exit 1 or 3 while a witness knows another history and nobody has looked at it. */
export async function showStatus(
  folder: string,
  json: boolean,
  { stdout, clock }: Context,
): Promise<ExitCode> {
  const status = await ledgerStatus(folder);
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, ...status }, null, 2)}\n`);
  else {
    const { origin, size, root, key, signer, recorded, waiting, numbering, bucket, witnesses, alarms } =
      status;
    const ahead = clockText(recorded?.last, clock());
    const rows = [
      ['origin', origin],
      ['size', String(size)],
      ['root', root],
      ['recorded', recorded === undefined ? 'nothing yet' : `${recorded.first} to ${recorded.last}`],
      ['signing key', key],
      [
        'signer',
        signer === undefined
          ? 'not here, or not to be read: exhibit ledger signer says why'
          : signerText(signer),
      ],
      ['waiting', `${waiting.bytes} bytes in ${waiting.files} write-ahead logs (at most)`],
      ['numbering', numberingText(numbering)],
      ...(ahead === undefined ? [] : [['clock', ahead]]),
      ...bucketRows(bucket),
      ...witnessRows(witnesses, size),
      ...alarmRows(alarms),
      ...(await notedRows(folder)),
    ];
    stdout.write(table(rows, stdout));
  }
  return exitOfAlarms(status.alarms);
}

function bucketRows(bucket: LedgerStatus['bucket']): string[][] {
  if (bucket === undefined) return [];
  const { store, lock, writes, epoch, host, message } = bucket;
  const who =
    writes === 'this folder'
      ? `this folder, epoch ${epoch}`
      : writes === 'another folder'
        ? `another folder, on ${host}, epoch ${epoch}: this one stands by`
        : `not known: ${message}`;
  return [
    ['lies in', printable(store)],
    ['lock', printable(lock)],
    ['writes', printable(who)],
  ];
}

/** Hands the log over to a new key. @throws ExhibitError LEDGER_ROLLBACK, LEDGER_FORK where this machine saw another state of the log */
export async function rotate(
  folder: string,
  signer: string | undefined,
  context: Context,
): Promise<ExitCode> {
  const { clock, random, stdout, stderr } = context;
  // What this machine saw of the log is compared first: the old key must not announce a new one in a restored copy.
  await (await openWriter(folder, context)).close();
  const outside = signer === undefined ? {} : { signer };
  const { vkey, size } = await rotateKey(folder, { clock, random, ...outside });
  const log = await openReader(folder);
  await remember(log, context);
  await log.close();
  stdout.write(
    table(
      [
        ['new public key', vkey],
        ['signs from size', String(size)],
      ],
      stdout,
    ),
  );
  stderr.write(
    sentence(
      'The old key announced it in the log. Keep the new public key in another place, as the old one.',
      stderr,
    ),
  );
  return EXIT.ok;
}

/** Forgets which state of a log this machine saw last. */
export function forgetLog(origin: string, context: Context): ExitCode {
  if (!forget(origin, context)) {
    throw new ExhibitError('NOT_FOUND', `this machine remembers no log ${JSON.stringify(origin)}`, {
      hint: 'The name is the origin that `exhibit ledger status` shows.',
    });
  }
  context.stdout.write(
    sentence(`forgot ${origin}: the next state that this machine sees is taken as it is`, context.stdout),
  );
  return EXIT.ok;
}
