import { resolve } from 'node:path';
import { Keeper, openPlace, stampLedger, writeNoted } from '../../anchors/index.ts';
import { openReader } from '../../ledger/index.ts';
import { formatInstant, plural } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { readGivenText } from '../verify/given.ts';
import { VERSION } from '../version.ts';
import { openWriter, remember } from './memory.ts';

export interface StampFlags {
  tsa: string;
  tsaRoot: string[];
  tsaPolicy: string[];
  timeout: number;
  json?: boolean;
}

/** Has the latest checkpoint stamped, and seals the record of it. */
export async function timestamp(folder: string, flags: StampFlags, context: Context): Promise<ExitCode> {
  const { clock, random, cwd, stdout, stderr } = context;
  const roots = flags.tsaRoot.map((file) => readGivenText(resolve(cwd, file)));
  const ledger = await openWriter(folder, context);
  try {
    // What waits is stamped too.
    await ledger.seal();
    const taken = await stampLedger(ledger, {
      url: flags.tsa,
      timeout: flags.timeout * 1_000,
      ...(roots.length === 0 ? {} : { roots: roots.join('\n') }),
      ...(flags.tsaPolicy.length === 0 ? {} : { policies: flags.tsaPolicy }),
      clock,
      random,
      version: VERSION,
    });
    await ledger.seal();
    await remember(ledger, context);
    const { size, time, tsa, policy, serial, token, chained } = taken;
    await writeNoted(folder, (noted) => ({
      ...noted,
      timestamps: { newest: { size, time, tsa, taken: formatInstant(clock()) } },
    }));
    if (flags.json === true) stdout.write(`${inertJson({ schemaVersion: 1, ...taken }, 2)}\n`);
    else {
      const rows = [
        ['covers', size === 1 ? 'the first record' : `the first ${size} records`],
        ['time', time],
        ['authority', `${printable(tsa)}, policy ${policy}, number ${serial}`],
        ['token', token],
        ['chain', chained ? 'leads to a root that was given' : 'not checked: no --tsa-root was given'],
      ];
      stdout.write(table(rows, stdout));
    }
    if (!chained)
      stderr.write(
        sentence(
          'Whoever verifies the log gives the root of the authority: exhibit ledger verify --tsa-root',
          stderr,
        ),
      );
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Keeps the latest checkpoint in other places. */
export async function keepCheckpoint(
  folder: string,
  places: readonly string[],
  flags: BucketFlags,
  { clock, cwd, stdout }: Context,
): Promise<ExitCode> {
  const log = await openReader(folder);
  const rows: string[][] = [];
  for (const one of places) {
    const place = openPlace(isS3Url(one) ? bucketOf(one, flags) : one, { clock, cwd });
    try {
      const { size, fresh } = await new Keeper(place, log).keep();
      rows.push([place.name, `checkpoint of ${plural(size, 'record')} ${fresh ? 'kept' : 'was there'}`]);
    } finally {
      place.close();
    }
  }
  stdout.write(table(rows, stdout));
  return EXIT.ok;
}
