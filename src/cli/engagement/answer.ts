import { answerControls, continuation, readEngagement, requireOpen } from '../../audit/index.ts';
import { openShown } from '../../ledger/index.ts';
import { toHex } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import { formatLevel, witnessedLevel } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { placeOf, readingAt } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { remembered, rememberedKey } from '../ledger/memory.ts';
import { withAnswers } from '../query/source.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { printable } from '../terminal/text.ts';
import { trustedKeys } from '../verify/keys.ts';
import { readPolicy } from '../verify/note.ts';
import { type PlaceFlags, type ReadRecorded, recordRead } from './flags.ts';
import { type EngagementAnswerDocument, engagementAnswerSchema } from './schema.ts';
import { answerText } from './text.ts';

export interface AnswerFlags extends PlaceFlags {
  vkey: readonly string[];
  /** File with a trust policy. */
  policy?: string;
}

/**
 * The answer for each control of an engagement: what was read is compared with the manifests in the log, the log's checkpoint is opened with
 * the reader's keys, and it is shown to go on from the end of the period and from when the engagement was opened.
 * Exit 3 where not all could be read, or something of the period is known to be missing.
 * @throws ExhibitError NOT_FOUND, ENGAGEMENT_OVER, CHECKPOINT_INVALID, LEDGER_ROLLBACK, LEDGER_FORK, PROOF_INVALID
 */
export async function answer(id: string, flags: AnswerFlags, context: Context): Promise<ExitCode> {
  const begun = performance.now();
  const folder = placeOf(flags, context);
  const keys = await keysOf(folder, flags, context);
  const engagement = await readingAt(folder, flags, context, (reader) =>
    readEngagement(reader, id, context.clock()),
  );
  requireOpen(engagement);
  const read = await recordRead(
    folder,
    { engagement: id, what: 'the answer for every control', details: { ...engagement.scope } },
    flags,
    context,
  );
  const bar = progress('questions asked', context.stderr, context.clock);
  const document = await withAnswers(folder, flags, context, async (source) => {
    const { reader, at } = source;
    const answered = await answerControls(source, engagement.scope, context.clock(), bar.update);
    const { at_opening, period_end } = engagement;
    // The latest is opened last: it contains all that was answered from.
    const seen = remembered(reader.origin, context);
    const shown = await openShown(at, {
      ...(keys.vkeys.length === 0 ? {} : { vkeys: keys.vkeys }),
      witnesses: keys.witnesses,
      known: [
        ...answered.questions.map(({ ledger }) => ledger),
        ...(seen === undefined ? [] : [{ size: seen.size, root: toHex(seen.root) }]),
      ],
    });
    const level = witnessedLevel(shown.checkpoint, shown.cosigned, keys.witnesses, keys.policy);
    // Where the period went on after the opening, its end is the one of now.
    const end = period_end.over ? period_end : answered.period_end;
    return {
      schemaVersion: 1 as const,
      engagement: id,
      ...engagement.scope,
      caveats: answered.caveats,
      trust: {
        origin: shown.checkpoint.origin,
        size: shown.checkpoint.size,
        root: toHex(shown.checkpoint.root),
        level: printable(formatLevel(level)),
        key_from: keys.from,
        handovers: shown.handovers.length,
      },
      continuations: [
        await continuation(reader, 'period end', end),
        await continuation(reader, 'opening', at_opening),
      ],
      ...pick(answered, read),
    };
  });
  bar.end();
  const code = document.complete && document.missing.length === 0 ? EXIT.ok : EXIT.incomplete;
  const whole: EngagementAnswerDocument = {
    ...document,
    seconds: Math.round(performance.now() - begun) / 1000,
    exit_code: code,
  };
  const { stdout } = context;
  // In JSON it is the first of the caveats.
  const { generated } = tellGenerated(whole.trust.origin, flags.output, context);
  if (flags.output === 'json') stdout.write(`${inertJson(engagementAnswerSchema.parse(whole), 2)}\n`);
  else
    stdout.write(
      answerText(
        { ...whole, caveats: whole.caveats.filter((line) => line !== generated) },
        isS3Url(folder)
          ? undefined
          : [
              ...['--engagement', id, '--evidence', flags.evidence ?? folder],
              ...(flags.as === undefined ? [] : ['--as', flags.as]),
            ],
        stdout,
      ),
    );
  return code;
}

type Answered = Awaited<ReturnType<typeof answerControls>>;

function pick(
  { files, overrides, gap_records, controls, questions, gaps, missing, complete }: Answered,
  read: ReadRecorded,
) {
  return {
    ...{ read, files, overrides, gap_records, controls, questions, missing, complete },
    gaps: gaps.map(({ kind, message }) => ({ kind, message })),
  };
}

async function keysOf(folder: string, flags: AnswerFlags, context: Context) {
  const { vkey, policy: file } = flags;
  const policy = file === undefined ? undefined : readPolicy(file, context);
  const { vkeys, witnesses } = trustedKeys(vkey, policy, context.cwd);
  if (vkeys.length > 0) return { vkeys, witnesses, policy, from: 'given' };
  const own = await readingAt(folder, flags, context, (reader, at) =>
    rememberedKey(at, reader.origin, context),
  );
  const from =
    own === undefined
      ? 'the log itself: this says that the log agrees with itself, not who wrote it; give --vkey'
      : 'this machine: it signed what was seen of the log last';
  return { vkeys: own === undefined ? [] : [own], witnesses, policy, from };
}
