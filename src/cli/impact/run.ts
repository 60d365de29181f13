import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { announcedBundles } from '../../audit/index.ts';
import { daysOf } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { type Bundle, buildBundle, findCompiler, openBundle, unpackTar } from '../../policy/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant, type Layer } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { type Collected, collect } from './collect.ts';
import { type Comparison, compare, type Difference } from './compare.ts';
import { Judge } from './judge-again.ts';
import type { ImpactReport } from './schema.ts';
import { impactText } from './text.ts';

export interface ImpactFlags {
  evidence?: string;
  bundle: string;
  from?: string;
  to?: string;
  output: 'table' | 'json';
}

/**
 * Judges the stored inputs of a period with other policies, and says which verdicts would not be the same. Exit 3 where an input
 * could not be judged again, or there was none.
 */
export async function impact(flags: ImpactFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const bundle = await bundleOf(flags.bundle, context);
  const reader = await openReader(folder);
  const period = periodOf(flags, context);
  const judge = await Judge.of(bundle);
  try {
    const ledger = await reader.checkpoint();
    const from = await reader.firstAt(`${period.from}T00:00:00.000Z`);
    const to = await reader.firstAt(
      formatInstant(Date.parse(`${period.to}T00:00:00.000Z`) + DAY_MILLISECONDS),
    );
    const reading = progress('reading records', context.stderr, context.clock);
    const collected = await collect(reader, from, to, (done) => reading.update(done, to - from));
    reading.end();
    const judging = progress('judging again', context.stderr, context.clock);
    const compared = await compare(
      reader,
      collected,
      judge,
      () => announcedBundles(reader, to),
      (done) => judging.update(done, collected.inputs.length),
    );
    judging.end();
    const report = reportOf({ period, ledger, bundle, named: flags.bundle, collected, compared });
    if (flags.output === 'json') context.stdout.write(`${inertJson(report, 2)}\n`);
    else context.stdout.write(`${impactText(report, Math.min(context.stdout.columns, 100)).join('\n')}\n`);
    return report.complete ? EXIT.ok : EXIT.incomplete;
  } finally {
    await judge.close();
    await reader.close();
  }
}

/** A bundle, or a policy repository as it lies in a folder. Its signature is not asked for: nothing is enforced with it. */
async function bundleOf(name: string, { cwd, env }: Context): Promise<Bundle> {
  const path = resolve(cwd, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new ExhibitError('NOT_FOUND', `there is no bundle and no policy repository at ${name}`, {
      location: { file: path },
    });
  const unsigned = { keys: [], allowUnsigned: true };
  if (!found.isDirectory()) return openBundle(unpackTar(await readFile(path)), unsigned);
  const opa = await findCompiler(env);
  const built = await buildBundle(path, { opa, allowDirty: true, revision: 'uncommitted', untagged: true });
  return openBundle(built.files, unsigned);
}

/** By default the last 30 days, today included. @throws ExhibitError USAGE */
function periodOf({ from, to }: ImpactFlags, { clock }: Context): { from: string; to: string } {
  const last = to ?? formatInstant(clock()).slice(0, 10);
  const first =
    from ?? formatInstant(Date.parse(`${last}T00:00:00.000Z`) - 29 * DAY_MILLISECONDS).slice(0, 10);
  if (daysOf({ from: first, to: last }).length === 0)
    throw new ExhibitError('USAGE', `the period ends on ${last} before it begins on ${first}`);
  return { from: first, to: last };
}

interface Parts {
  period: ImpactReport['period'];
  ledger: ImpactReport['ledger'];
  bundle: Bundle;
  named: string;
  collected: Collected;
  compared: Comparison;
}

function reportOf({ period, ledger, bundle, named, collected, compared }: Parts): ImpactReport {
  const { differences, judged, not_stored, same } = compared;
  const counts = new Map<string, { old: Difference['old']; new: Difference['new']; count: number }>();
  for (const one of differences) {
    const known = counts.get(`${one.old} ${one.new}`) ?? { old: one.old, new: one.new, count: 0 };
    counts.set(`${one.old} ${one.new}`, { ...known, count: known.count + 1 });
  }
  const key = (one: Difference) =>
    [one.policy_id, one.rule_id, one.subject_id, one.layer, one.file, one.input_ref].join('\0');
  return {
    schemaVersion: 1,
    period,
    ledger: { origin: ledger.origin, size: ledger.size, root: ledger.root },
    bundle: { named, digest: bundle.digest, revision: bundle.revision },
    decisions: {
      total: collected.decisions,
      without_input: collected.without_input,
      simulated: collected.simulated,
    },
    inputs: { judged, not_stored },
    verdicts: {
      same,
      different: differences.length,
      transitions: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    },
    differences: differences
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      .map((one) => ({ ...one, layer: one.layer as Layer })),
    complete: not_stored === 0 && judged > 0,
  };
}
