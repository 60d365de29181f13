import { resolve } from 'node:path';
import {
  type Choice,
  type Held,
  holdDraft,
  holdFiles,
  type Retained,
  retainObjects,
} from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { dayOf, ExhibitError, formatInstant, plural, uuidv7 } from '../../record/index.ts';
import { type S3Store, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { type BucketFlags, bucketOf } from './flags.ts';

interface ChoiceFlags extends BucketFlags {
  framework?: string;
  control?: string;
  from?: string;
  to?: string;
}

export interface RetainFlags extends ChoiceFlags {
  days: number;
  lockMode: 'governance' | 'compliance';
  acknowledgeIrreversible?: boolean;
}

export interface HoldFlags extends ChoiceFlags {
  framework: string;
  reason: string;
  evidence?: string;
  as?: string;
}

/** Lengthens locks. Exit 3 where a file that a manifest names is in no version. @throws ExhibitError USAGE, and as retainObjects */
export async function retain(url: string, flags: RetainFlags, context: Context): Promise<ExitCode> {
  const { clock, stderr } = context;
  const { framework, days, lockMode } = flags;
  if (framework === undefined && [flags.control, flags.from, flags.to].some((flag) => flag !== undefined))
    throw new ExhibitError('USAGE', '--control, --from and --to are for the files of one --framework');
  if (lockMode === 'compliance' && flags.acknowledgeIrreversible !== true)
    throw new ExhibitError(
      'USAGE',
      'COMPLIANCE cannot be undone by anybody: it wants --acknowledge-irreversible',
    );
  const store = s3Store(bucketOf(url, flags), { clock });
  try {
    const bar = progress('lengthening locks', stderr, clock);
    const choice = framework === undefined ? undefined : choiceOf({ ...flags, framework });
    const retained = await retainObjects(store, choice, {
      days,
      clock,
      mode: lockMode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
      progress: bar.update,
    });
    bar.end();
    return show(
      [
        [
          'lengthened',
          `${plural(retained.lengthened, 'object')}, to ${days} days from when ${framework === undefined ? 'each was written' : 'its day was closed'}`,
        ],
        ['were so before', plural(retained.before, 'object')],
        ...(retained.over === 0 ? [] : [['their days are over', plural(retained.over, 'object')]]),
      ],
      retained,
      context,
    );
  } finally {
    store.close();
  }
}

/** Sets a legal hold or takes it off. Exit 3 where a file that a manifest names is in no version. @throws ExhibitError USAGE, and as holdFiles */
export async function hold(url: string, on: boolean, flags: HoldFlags, context: Context): Promise<ExitCode> {
  const { clock, stderr } = context;
  const reason = reasonOf(flags.reason);
  const choice = choiceOf(flags);
  const store = s3Store(bucketOf(url, flags), { clock });
  try {
    const bar = progress(on ? 'holding files' : 'taking holds off', stderr, clock);
    const held = await holdFiles(
      store,
      choice,
      on,
      async (files) => {
        if (flags.evidence !== undefined && files.length > 0)
          await record(
            store,
            { ...flags, evidence: flags.evidence, reason },
            on,
            choice,
            files.length,
            context,
          );
      },
      bar.update,
    );
    bar.end();
    if (flags.evidence === undefined)
      stderr.write(
        sentence('Nothing was recorded: give --evidence FOLDER, so that the log says who and why.', stderr),
      );
    return show(
      [
        [on ? 'held now' : 'free now', plural(held.changed, 'file')],
        ['were so before', plural(held.before, 'file')],
      ],
      held,
      context,
    );
  } finally {
    store.close();
  }
}

async function record(
  store: S3Store,
  flags: HoldFlags & { evidence: string },
  on: boolean,
  choice: Choice,
  files: number,
  context: Context,
): Promise<void> {
  const folder = resolve(context.cwd, flags.evidence);
  const ledger = await openWriter(folder, context);
  try {
    const { origin } = await openReader(store);
    if (origin !== ledger.origin)
      throw new ExhibitError(
        'USAGE',
        `${folder} has the log ${ledger.origin}; that in ${store.name} is ${origin}`,
      );
    const now = context.clock();
    const decision = {
      record_id: uuidv7(now, context.random),
      observed_at: formatInstant(now),
      actor: actorHere(folder, flags.as, context.random),
      reason: flags.reason,
    };
    await ledger.appendNumbered([holdDraft(decision, on, choice, files)]);
    await ledger.seal();
    await remember(ledger, context);
  } finally {
    await ledger.close();
  }
}

const MOST_REASON = 2_000;

/** @throws ExhibitError USAGE */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length >= 10 && reason.length <= MOST_REASON) return reason;
  throw new ExhibitError('USAGE', `--reason wants 10 to ${MOST_REASON} characters: an auditor reads it`);
}

function choiceOf({ framework, control, from, to }: ChoiceFlags & { framework: string }): Choice {
  return {
    framework,
    ...(control === undefined ? {} : { control }),
    ...(from === undefined ? {} : { from: dayFlag('--from', from) }),
    ...(to === undefined ? {} : { to: dayFlag('--to', to) }),
  };
}

/** @throws ExhibitError USAGE */
export function dayFlag(name: string, text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(day) && dayOf(day) === text) return text;
  throw new ExhibitError('USAGE', `${name} ${text}: expected a day, such as 2026-03-01`);
}

const SHOWN = 20;

function show(rows: string[][], { missing, ...counts }: Held | Retained, { stdout }: Context): ExitCode {
  const none = missing.length === 0 && Object.values(counts).every((count) => count === 0);
  const lost =
    missing.length === 0 ? [] : [['missing', `${plural(missing.length, 'file')} that a manifest names`]];
  stdout.write(table([...rows, ...lost], stdout));
  if (none) stdout.write('nothing is there that was asked for: no lock was changed\n');
  for (const key of missing.slice(0, SHOWN)) stdout.write(`  missing: ${key}\n`);
  if (missing.length > SHOWN) stdout.write('  all of them: exhibit lake verify s3://BUCKET/PREFIX\n');
  return missing.length === 0 && !none ? EXIT.ok : EXIT.incomplete;
}
