import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordDraft } from '../../record/index.ts';
import { plural } from '../../record/index.ts';
import {
  type Delivered,
  deliver,
  dueNotices,
  type Notice,
  respondSettings,
  type Sender,
  senderOf,
  withNotifyLock,
} from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence } from '../terminal/table.ts';
import { VERSION } from '../version.ts';
import { findingsOf, type Loaded } from './load.ts';
import { headOf } from './report.ts';
import { type NoticesReport, noticesSchema } from './schema.ts';
import type { OutputFlags } from './show.ts';

export interface NotifyFlags extends OutputFlags {
  dryRun?: boolean;
  /** Tell again what may have arrived. */
  resend?: boolean;
}

type Row = NoticesReport['notices'][number];

/**
 * Tells what is due to be told, and records each attempt. Exit 3: something did not arrive, or may not have.
 * @throws ExhibitError CONFIG_INVALID for a channel without its secret; then nothing was sent
 */
export async function notify(flags: NotifyFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const settings = respondSettings(flags.config, context);
  if (settings.config.channels.length === 0)
    context.stderr.write(
      sentence('no channel is set: list them under channels of respond.yaml', context.stderr),
    );
  // All or none: a channel that is wrong is found before the first word.
  const senders = new Map(
    settings.config.channels.map((each) => [each.name, senderOf(each, context.env, settings.folder)]),
  );
  try {
    return await withNotifyLock(folder, async () => {
      const ledger = await openWriter(folder, context);
      try {
        // What a process that died wrote before its end counts.
        await ledger.seal();
        const loaded = await findingsOf(ledger, settings, context);
        const { due, uncertain } = dueNotices(loaded.findings, settings.config, loaded.now);
        const wanted = flags.resend === true ? [...due, ...uncertain] : due;
        const rows: Row[] = flags.resend === true ? [] : uncertain.map(uncertainRow);
        if (flags.dryRun === true) rows.push(...wanted.map(dueRow));
        else {
          const record = async (draft: RecordDraft) => void (await ledger.appendNumbered([draft]));
          try {
            for (const notice of wanted)
              rows.push(rowOf(await tell(notice, senders, settings, record, context)));
          } finally {
            await ledger.seal();
            await remember(ledger, context);
          }
        }
        return print(rows, loaded, flags, context);
      } finally {
        await ledger.close();
      }
    });
  } finally {
    for (const sender of senders.values()) sender.close?.();
  }
}

function tell(
  notice: Notice,
  senders: ReadonlyMap<string, Sender>,
  { config }: Loaded['settings'],
  record: (draft: RecordDraft) => Promise<void>,
  { clock, random }: Context,
): Promise<Delivered> {
  const sender = senders.get(notice.channel.name);
  if (sender === undefined) throw new Error(`no sender for ${notice.channel.name}`);
  return deliver(notice, sender, {
    ...{ retry: config.retry, clock, random, record, tool_version: VERSION },
    sleep: async (milliseconds) => void (await sleep(milliseconds)),
  });
}

const about = ({ finding, channel, event, key }: Notice) => ({
  finding: finding.id,
  channel: channel.name,
  event,
  key,
});
const dueRow = (notice: Notice): Row => ({ ...about(notice), outcome: 'due', attempts: 0 });
const uncertainRow = (notice: Notice): Row => ({
  ...about(notice),
  ...{ outcome: 'uncertain', attempts: 0 },
  why: 'it was begun before and its end is not known: --resend tells it again',
});
const rowOf = ({ notice, outcome, attempts, why }: Delivered): Row => ({
  ...about(notice),
  outcome,
  attempts,
  ...(why === undefined ? {} : { why }),
});

function print(notices: readonly Row[], loaded: Loaded, flags: NotifyFlags, context: Context): ExitCode {
  const bad = notices.filter(({ outcome }) => outcome === 'failed' || outcome === 'uncertain').length;
  const code = bad > 0 ? EXIT.incomplete : EXIT.ok;
  const report = noticesSchema.parse({ ...headOf(loaded), notices, exit_code: code });
  if (flags.output === 'json') context.stdout.write(`${inertJson(report, 2)}\n`);
  else {
    for (const { outcome, finding, channel, event, why } of report.notices)
      context.stdout.write(
        sentence(
          `${outcome}: ${finding} ${event} on ${channel}${why === undefined ? '' : `: ${why}`}`,
          context.stdout,
        ),
      );
    context.stdout.write(`${plural(notices.length, 'notice')}, ${bad} not delivered for sure\n`);
  }
  return code;
}
