import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Copied, goOnFrom } from '../../ledger/index.ts';
import { type ErrorCode, ExhibitError, isExhibitError, plural } from '../../record/index.ts';
import { ioError, syncDirectory } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { forgetHint, rememberedNote } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { readGivenText } from '../verify/given.ts';
import { keyText } from '../verify/keys.ts';
import { apart, blobProblems, bringBack, checkLake, verifyCopy } from './bring-back.ts';
import type { BucketFlags } from './flags.ts';
import { copyAt } from './place.ts';
import { storeRestoreSchema } from './schema.ts';

export interface RestoreFlags extends BucketFlags {
  known: string[];
  vkey: string[];
  /** File of the private key of the log: with it the restored ledger can be written to. */
  signer?: string;
  /** The user says: nobody has seen a checkpoint of more records than this. */
  fromSize?: number;
  output: 'table' | 'json';
}

/** So many lines are printed; -o json has all. */
const PRINTED = 20;

/**
 * Brings a copy back into a folder that is not there yet. It is verified beside its place and gets its name last: a folder with that name is one
 * that holds. Exit 1 where a blob or a file of the lake differs or is missing, 3 where records are known to be lost.
 * @throws ExhibitError LEDGER_EXISTS, USAGE, LEDGER_ROLLBACK where it is to be written to and somebody holds a newer checkpoint; and what
 *   restoreLedger, verifyLedger and goOnFrom throw
 */
export async function restore(
  source: string,
  folder: string,
  flags: RestoreFlags,
  context: Context,
): Promise<ExitCode> {
  const target = resolve(context.cwd, folder);
  const signer = signerOf(flags, context);
  const given = flags.known.map((file) => readGivenText(resolve(context.cwd, file)));
  const vkeys = flags.vkey.map((value) => keyText(value, context.cwd));
  mustBeFree(target);
  const part = `${target}.restoring`;
  const place = copyAt(source, flags, context);
  try {
    const copied = await bringBack(place, part, context);
    const seen = rememberedNote(copied.origin, context);
    const known = await apart(given, seen, copied, part, vkeys);
    const verified = await verifyCopy(part, known.covered, vkeys, context);
    const lake = await checkLake(part, copied.versions ? place : {});
    const blobs = blobProblems(verified);
    const problems = [...blobs, ...lake.problems];
    if (signer !== undefined) {
      mustBeNewest(copied, known.newest, flags.fromSize);
      mustHold(problems, blobs.length > 0 ? 'BLOB_MISSING' : 'LAKE_MISMATCH');
      await goOnFrom(part, signer);
    }
    await putInPlace(part, target);
    const code =
      problems.length > 0 ? EXIT.violation : known.newest === undefined ? EXIT.ok : EXIT.incomplete;
    const report = storeRestoreSchema.parse({
      schemaVersion: 1,
      source: place.store.name,
      ...{ origin: copied.origin, size: copied.size, root: copied.root },
      ...{ written: copied.written, bytes: copied.bytes, there: copied.there },
      lake: { days: lake.days, files: lake.files, removed: lake.removed },
      below: [...copied.below, ...lake.below],
      ...(place.versions === undefined ? {} : { versions_seen: copied.versions }),
      problems,
      known: known.covered.length + (known.newest === undefined ? 0 : 1),
      lost_at_least: known.newest === undefined ? 0 : known.newest - copied.size,
      writable: signer !== undefined,
      exit_code: code,
    });
    if (flags.output === 'json') context.stdout.write(`${inertJson(report, 2)}\n`);
    else print(report, context);
    return code;
  } catch (error) {
    // What was fetched stays for the next try, but not what does not hold: it would be in the way of another copy.
    if (isExhibitError(error) && SPOILED.has(error.code)) await rm(part, { recursive: true, force: true });
    throw error;
  } finally {
    place.close();
  }
}

/** What says that bytes of the copy are not those that were written. */
const SPOILED: ReadonlySet<ErrorCode> = new Set([
  'LEDGER_CORRUPT',
  'BLOB_MISSING',
  'LAKE_MISMATCH',
  'RECORD_INVALID',
  'RECORD_NOT_CANONICAL',
]);

function print(report: ReturnType<typeof storeRestoreSchema.parse>, { stdout }: Context): void {
  const { lake, problems } = report;
  const lost =
    report.lost_at_least > 0
      ? `at least ${plural(report.lost_at_least, 'record')}: a checkpoint of ${report.size + report.lost_at_least} is known`
      : report.known > 0
        ? 'none that a known checkpoint covers; what was acknowledged after the copy is not in it'
        : 'not known: give the newest checkpoint that somebody holds with --known';
  stdout.write(
    table(
      [
        ['log', `${report.origin}, ${report.size} records, root ${report.root}`],
        ['restored', `${report.written} objects, ${report.bytes} bytes; ${report.there} were there`],
        ['lake', `${plural(lake.days, 'day')}, ${plural(lake.files, 'file')}`],
        ...(lake.removed.length === 0
          ? []
          : [
              [
                'taken out',
                `${plural(lake.removed.length, 'file')} of the lake that no manifest in the log names`,
              ],
            ]),
        ...(report.below.length === 0
          ? []
          : [
              [
                'from below',
                `${plural(report.below.length, 'object')}: something else lies over what was written, in ${report.source}`,
              ],
            ]),
        ...(report.versions_seen === false
          ? [['older versions', 'not looked at: the right to list them (s3:ListBucketVersions) is missing']]
          : []),
        ['verified', problems.length === 0 ? 'log, blobs and lake hold' : plural(problems.length, 'problem')],
        ['lost', lost],
        [
          'to write',
          report.writable
            ? 'yes: it goes on from here'
            : 'no: a copy to read; --signer and --from-size make it more',
        ],
      ],
      stdout,
    ),
  );
  const lines = [...report.below.map((key) => `from below: ${key}`), ...problems];
  for (const line of lines.slice(0, PRINTED)) stdout.write(`  ${printable(line)}\n`);
  if (lines.length > PRINTED) stdout.write(`  and ${lines.length - PRINTED} more: -o json has all\n`);
}

/** The text of the private key, where it is to be written to. It is read first: nothing is copied for hours in vain. */
function signerOf({ signer, fromSize }: RestoreFlags, { cwd }: Context): string | undefined {
  if ((signer === undefined) !== (fromSize === undefined))
    throw new ExhibitError('USAGE', '--signer and --from-size go together', {
      hint: 'With --from-size N you say that nobody has seen a checkpoint of more than N records.',
    });
  return signer === undefined ? undefined : readGivenText(resolve(cwd, signer));
}

function mustBeNewest(copied: Copied, newest: number | undefined, said: number | undefined): void {
  const { origin, size } = copied;
  if (newest !== undefined)
    throw new ExhibitError(
      'LEDGER_ROLLBACK',
      `the copy has ${size} records, and a checkpoint of ${newest} is known: a log that goes on from ${size} would be another history`,
      {
        details: { size, known: newest },
        hint: `Restore it to read, without --signer. ${forgetHint(origin)}`,
      },
    );
  if (said === size) return;
  throw new ExhibitError('USAGE', `the copy has ${size} records, not ${said}`, {
    details: { size },
    hint: `Ask whoever holds checkpoints of this log. If nobody has one of more than ${size} records: --from-size ${size}`,
  });
}

function mustHold(problems: readonly string[], code: 'BLOB_MISSING' | 'LAKE_MISMATCH'): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new ExhibitError(code, `${first} (${problems.length} in all): it is not made a ledger to write to`, {
    hint: 'Restore it to read, without --signer, and mend it from another copy.',
  });
}

function mustBeFree(target: string): void {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined || (there.isDirectory() && readdirSync(target).length === 0)) return;
  throw new ExhibitError('LEDGER_EXISTS', `${target} is there already`, {
    location: { file: target },
    hint: 'Nothing is restored over what is there: take another folder.',
  });
}

async function putInPlace(part: string, target: string): Promise<void> {
  try {
    if (existsSync(target)) await rmdir(target);
    await rename(part, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    throw ioError(error, target);
  }
}
