import { writeFileSync } from 'node:fs';
import { recordGaps } from '../../../audit/index.ts';
import { bundleRecords } from '../../../engine/index.ts';
import { addDays, closeDay } from '../../../lake/index.ts';
import { initLedger, type Ledger, openLedger } from '../../../ledger/index.ts';
import type { Bundle } from '../../../policy/index.ts';
import {
  DAY_MILLISECONDS,
  dayOf,
  ExhibitError,
  GENERATED_ORIGIN,
  type RecordDraft,
  toHex,
} from '../../../record/index.ts';
import type { Execute } from '../../command.ts';
import type { Context } from '../../context.ts';
import { remember } from '../../ledger/memory.ts';
import { progress } from '../../terminal/progress.ts';
import { Stage } from '../stage.ts';
import { addDocuments, closeEngagement, FINAL, INTERIM, openEngagement, talk } from './acts.ts';
import { Chance } from './chance.ts';
import { runsOf } from './day.ts';
import { labelled } from './labelled.ts';
import { type MadeYear, writeMade } from './made.ts';
import { Numbers } from './numbers.ts';
import { OUTAGES, type Plot, plotOf } from './plot.ts';
import { makeVersions, type Version } from './repository.ts';
import { responsesOf } from './responses.ts';
import { recordsOfTold } from './run.ts';

export interface YearOptions {
  folder: string;
  seed: string;
  /** Unix milliseconds: the year ends with the last day that can be closed by then. */
  now: number;
  days: number;
}

const HOUR = 3_600_000;
/** The day before is closed, in the night. */
const CLOSES = 1.5 * HOUR;
/** When what came since is sealed. */
const SEALS = [4, 11, 15, 19, 23.9] as const;
/** Days after the middle of the year on which its first half is looked at. */
const INTERIM_DAY = 195;

/**
 * Makes a year of evidence of a company that does not exist, in a folder of its own: a policy repository with its versions, a ledger, a closed lake, and
 * two open engagements. The same seed, days and time give the same records, but for keys and what they sign. Each record says that it was made up.
 * @throws ExhibitError USAGE for a folder that somebody else made
 */
export async function makeYear(options: YearOptions, execute: Execute, context: Context): Promise<MadeYear> {
  const { folder, seed, now, days } = options;
  const stage = new Stage(folder, execute, context);
  const last = dayOf(now - DAY_MILLISECONDS - CLOSES);
  const plot = plotOf(new Chance(seed), addDays(last, 1 - days), days);
  const building = progress('versions of the policies', context.stderr, context.clock);
  const versions = await makeVersions(stage, plot, building.update);
  building.end();
  const clock = { now: plot.start };
  // Another name each time: this machine remembers logs by their names.
  const origin = `${GENERATED_ORIGIN}year-${toHex(context.random(4))}`;
  const made = await initLedger(stage.path('evidence'), {
    origin,
    random: context.random,
    clock: () => clock.now,
  });
  writeFileSync(stage.path('log.vkey'), `${made.vkey}\n`);
  const ledger = await openLedger(stage.path('evidence'), { random: context.random, clock: () => clock.now });
  try {
    const chance = new Chance(`${seed}/records`);
    const acting: Context = {
      ...stage.context(),
      clock: () => clock.now,
      random: (length) => chance.bytes(length),
    };
    const year = { plot, versions, chance, clock, ledger: labelled(ledger), acting };
    const writing = progress('days of the year', context.stderr, context.clock);
    const interim = await writeDays(year, writing.update);
    writing.end();
    clock.now = now;
    await closeDay(year.ledger, last, { clock: () => clock.now });
    await recordGaps(year.ledger, { now });
    const scope = { framework: 'soc2', from: plot.days[0] ?? last, to: last };
    const engagement = await openEngagement(year.ledger, scope, 90, acting);
    await talk(year.ledger, engagement, FINAL, acting);
    const ai_engagement = await openEngagement(year.ledger, { ...scope, framework: 'eu-ai-act' }, 90, acting);
    await remember(ledger, acting);
    const { size } = await ledger.checkpoint();
    const told: MadeYear = {
      ...{
        schemaVersion: 1,
        seed,
        first: scope.from,
        last,
        records: size,
        origin,
        engagement,
        ai_engagement,
      },
      ...(interim === undefined ? {} : { interim }),
    };
    writeMade(folder, told);
    return told;
  } finally {
    await ledger.close();
  }
}

interface Writing {
  plot: Plot;
  versions: readonly Version[];
  chance: Chance;
  clock: { now: number };
  ledger: Ledger;
  acting: Context;
}

/** @returns the engagement of the middle of the year */
async function writeDays(
  year: Writing,
  update: (done: number, total: number) => void,
): Promise<string | undefined> {
  const { plot, clock, ledger, acting } = year;
  const numbers = new Numbers();
  let interim: string | undefined;
  for (const [at, day] of plot.days.entries()) {
    update(at, plot.days.length);
    const midnight = plot.start + at * DAY_MILLISECONDS;
    if (at > 0) {
      clock.now = midnight + CLOSES;
      await closeDay(ledger, addDays(day, -1), { clock: () => clock.now });
    }
    await writeDay(year, at, numbers);
    if (OUTAGES.some(({ to }) => at === to + 1)) await recordGaps(ledger, { now: clock.now });
    await addDocuments(ledger, at, plot.days[0] ?? day, plot.days.length - 1, acting);
    if (at !== INTERIM_DAY) continue;
    const scope = { framework: 'soc2', from: plot.days[0] ?? day, to: addDays(day, -14) };
    interim = await openEngagement(ledger, scope, 30, acting);
    await talk(ledger, interim, INTERIM, acting);
    await closeEngagement(ledger, interim, acting);
  }
  return interim;
}

/** What came on a day, sealed a few times in its course. */
async function writeDay(
  { plot, versions, chance, clock, ledger }: Writing,
  at: number,
  numbers: Numbers,
): Promise<void> {
  const midnight = plot.start + at * DAY_MILLISECONDS;
  const own = chance.of(plot.days[at] ?? '');
  const came: { at: number; records: readonly RecordDraft[] }[] = [
    ...runsOf(plot, at, own).map((run) => ({
      at: run.at,
      records: numbers.take(recordsOfTold(run, inForce(versions, run.at), own), at),
    })),
    ...responsesOf(plot, at, new Chance(plot.days[0] ?? '')).map((said) => ({
      at: said.at,
      records: [said.record],
    })),
  ].sort((a, b) => a.at - b.at);
  for (const version of versions.filter(
    (each) => midnight <= each.at && each.at < midnight + DAY_MILLISECONDS,
  )) {
    const { records, blobs } = bundleRecords(version.bundle);
    await ledger.putBlobs(blobs.values());
    came.push({ at: version.at, records });
  }
  let since = midnight;
  for (const hour of SEALS) {
    const until = midnight + hour * HOUR;
    const records = came
      .filter((each) => since <= each.at && each.at < until)
      .flatMap((each) => each.records);
    since = until;
    if (records.length === 0) continue;
    clock.now = until;
    await ledger.appendNumbered(records);
    await ledger.seal();
  }
}

function inForce(versions: readonly Version[], at: number): Bundle {
  const found = versions.findLast((version) => version.at <= at) ?? versions[0];
  if (found === undefined) throw new ExhibitError('INTERNAL', 'the year has no policies');
  return found.bundle;
}
