import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatInstant, isExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { rememberedNote } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { readGivenText } from '../verify/given.ts';
import { keyText } from '../verify/keys.ts';
import { apart, bringBack, verifyCopy } from './bring-back.ts';
import { recordDrill } from './drill-record.ts';
import {
  answerQuery,
  checkBlobs,
  checkNewest,
  compareLake,
  type Finding,
  fromBelow,
  rebuildSample,
} from './drill-steps.ts';
import type { BucketFlags } from './flags.ts';
import { copyAt } from './place.ts';
import { type StoreDrill, storeDrillSchema } from './schema.ts';

export interface DrillFlags extends BucketFlags {
  known: string[];
  vkey: string[];
  /** How many closed days are made anew from the log. */
  days: number;
  query: string;
  framework?: string;
  control?: string;
  /** Folder below which it is restored; the system's own for temporary files unless given. */
  in?: string;
  /** Evidence folder that takes a record of the drill. */
  record?: string;
  output: 'table' | 'json';
}

type Step = StoreDrill['steps'][number];

/**
 * Tries whether a copy would do after a disaster: restores it into a folder that is removed afterwards, verifies log, blobs and lake, makes days of the
 * lake anew and answers a saved query. Exit 1 where something is not ok, 3 where something could not be told.
 * @throws ExhibitError where the copy cannot be read, or its log does not hold
 */
export async function drill(source: string, flags: DrillFlags, context: Context): Promise<ExitCode> {
  const { clock, cwd, stdout } = context;
  const started = clock();
  const given = flags.known.map((file) => readGivenText(resolve(cwd, file)));
  const vkeys = flags.vkey.map((value) => keyText(value, cwd));
  const temporary = mkdtempSync(
    join(flags.in === undefined ? tmpdir() : resolve(cwd, flags.in), 'exhibit-drill-'),
  );
  const folder = join(temporary, 'restored');
  const place = copyAt(source, flags, context);
  const steps: Step[] = [];
  const timed = async (step: Step['step'], work: () => Promise<Finding>): Promise<void> => {
    const from = clock();
    const { result, text } = await work().catch((error: unknown) => damaged(step, error));
    steps.push({ step, result, text, seconds: (clock() - from) / 1_000 });
  };
  try {
    const before = clock();
    const copied = await bringBack(place, folder, context);
    const seen = rememberedNote(copied.origin, context);
    const known = await apart(given, seen, copied, folder, vkeys);
    steps.push({
      step: 'restore',
      result: 'ok',
      text: `${copied.written} objects, ${copied.bytes} bytes${fromBelow(copied.below)}`,
      seconds: (clock() - before) / 1_000,
    });
    let blobs: Finding = { result: 'not_known', text: '' };
    await timed('log', async () => {
      const verified = await verifyCopy(folder, known.covered, vkeys, context);
      blobs = checkBlobs(verified);
      return { result: 'ok', text: `${copied.size} records, root ${copied.root}` };
    });
    await timed('blobs', async () => blobs);
    await timed('newest', async () => checkNewest(known, copied.size));
    await timed('lake', () => compareLake(folder, copied.versions ? place : {}));
    let days: string[] = [];
    await timed('rebuild', async () => {
      const rebuilt = await rebuildSample(folder, flags.days);
      days = rebuilt.days;
      return rebuilt;
    });
    await timed('query', () => answerQuery(folder, flags));
    const code = exitOf(steps);
    const report = storeDrillSchema.parse({
      schemaVersion: 1,
      source: place.store.name,
      started: formatInstant(started),
      ...{ origin: copied.origin, size: copied.size, root: copied.root },
      ...{ steps, days, exit_code: code },
    });
    if (flags.record !== undefined) await recordDrill(resolve(cwd, flags.record), report, context);
    if (flags.output === 'json') stdout.write(`${inertJson(report, 2)}\n`);
    else stdout.write(table(rows(steps), stdout));
    return code;
  } finally {
    place.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

const DAMAGE: ReadonlySet<string> = new Set(['BLOB_DIGEST', 'BLOB_MISSING', 'LAKE_MISMATCH']);

/** What is damaged in a copy is what a drill is for: the other steps are told of all the same. @throws what is no damage, or is of the log itself */
function damaged(step: Step['step'], error: unknown): Finding {
  if (step === 'log' || !isExhibitError(error) || !DAMAGE.has(error.code)) throw error;
  return { result: 'not_ok', text: error.message };
}

const WORDS = { ok: 'ok', not_ok: 'NOT OK', not_known: 'not known' } as const;

function rows(steps: readonly Step[]): string[][] {
  const all = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    ...steps.map(({ step, result, text, seconds }) => [
      step,
      WORDS[result],
      `${seconds.toFixed(1)} s`,
      printable(text),
    ]),
    ['together', '', `${all.toFixed(1)} s`, ''],
  ];
}

function exitOf(steps: readonly Step[]): ExitCode {
  if (steps.some(({ result }) => result === 'not_ok')) return EXIT.violation;
  return steps.some(({ result }) => result === 'not_known') ? EXIT.incomplete : EXIT.ok;
}
