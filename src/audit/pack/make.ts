import type { QueryAnswer } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { type PackFile, parseCheckpoint, parseNote, STAMP_EMITTER } from '../../verify/index.ts';
import { readActs } from '../acts/read.ts';
import { engagementActs, requestsOf } from '../engagement/acts.ts';
import { type Continuation, continuation } from '../engagement/consistency.ts';
import { controlsOf } from '../engagement/controls.ts';
import type { Engagement } from '../engagement/engagement.ts';
import { manualItemsAt, stateOn } from '../manual/items.ts';
import { readReport } from '../report/build.ts';
import { rowsOf } from '../report/rows.ts';
import type { AuditReport } from '../report/schema.ts';
import { drawsOf, SAMPLE_DRAWN } from '../sample/record.ts';
import { savedSchema } from '../saved/details.ts';
import { periodEnd } from '../scope/scope.ts';
import { sourceHere } from '../scope/source.ts';
import { askPack, askStanding } from './ask.ts';
import { PackBlobs } from './blobs.ts';
import { answerFile, columnOf, handoverFiles, lakeFiles, manifestsOf } from './gather.ts';
import { PackRecords } from './records.ts';
import { samplesOf } from './samples.ts';
import { type KeptStamp, stampsOf } from './stamps.ts';
import { jsonFile, PackWriter } from './writer.ts';

export interface PackRequest {
  engagement: Engagement;
  /** In one line, how far trust in the checkpoint reaches. */
  level: string;
  /** Gets the pack piece by piece. */
  write: (bytes: Uint8Array) => void;
  /** Files that a caller makes of an answer, such as its table. */
  answered?: (path: string, answer: QueryAnswer) => Iterable<PackFile>;
  /** Files that a caller makes of it all, such as reports and the verifier. */
  more?: (report: AuditReport, left_out: string[]) => AsyncIterable<PackFile>;
  progress?: (what: string, done: number, total: number) => void;
}

export interface MadePack {
  /** SHA-256 of the whole, hexadecimal. */
  digest: string;
  files: number;
  bytes: number;
  log: { origin: string; size: number; root: string };
  /** Answers that are not complete. */
  incomplete: string[];
  /** What of the period is known to be missing, in words. */
  missing: string[];
  left_out: string[];
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Everything of an engagement in one ZIP: answers with their rows, reports, samples, the records that they rest on with inclusion proofs, manifests with
 * their lists of files, bundles, documents, the checkpoint, and proofs that the log goes on unchanged. The same evidence at the same size of the log
 * gives the same bytes: no clock is looked at. What is written is let go.
 * @param reader is held at the checkpoint of now, and stays so
 * @throws ExhibitError what the questions throw; PACK_INVALID where it would be too large
 */
export async function makePack(reader: LedgerReader, request: PackRequest): Promise<MadePack> {
  const { engagement, level, answered = () => [], progress = () => undefined } = request;
  const { scope } = engagement;
  await reader.hold();
  const log = await reader.checkpoint();
  const left_out: string[] = [];
  const writer = new PackWriter(request.write);
  const records = new PackRecords(log.size, left_out);
  const blobs = new PackBlobs(reader, writer, left_out);
  const take = async (answer: QueryAnswer) => {
    const path = `answers/${answer.query.name}`;
    writer.add(answerFile(path, answer));
    for (const file of answered(path, answer)) writer.add(file);
  };
  const cosigned = await reader.cosignedText();
  writer.add({ path: 'log/checkpoint', bytes: encode(await reader.checkpointText()) });
  if (cosigned !== undefined) writer.add({ path: 'log/cosigned', bytes: encode(cosigned) });
  for (const file of await handoverFiles(reader)) writer.add(file);

  const answers = await askPack(reader, scope, take, (done, total) => progress('questions', done, total));
  writer.json(
    'controls.json',
    controlsOf(
      answers.of('framework-verdicts'),
      answers.of('framework-coverage'),
      answers.of('control-days'),
    ),
  );
  const report = await readReport(reader, scope, {
    // Without a clock: a day without a record has nothing, whether it was quiet or has not come.
    today: scope.to,
    level,
    engagement: engagement.engagement,
    answers: answers.report,
  });
  writer.json('overrides.json', report.overrides);
  records.name([engagement.log_index], 'openings');
  records.name(columnOf(answers.report['gap-records'], 'log_index'), 'gap records');
  records.name(columnOf(answers.report['policy-records'], 'log_index'), 'policy records');
  const end = engagement.period_end.over ? engagement.period_end : await periodEnd(reader, scope);
  const acted = await actsOf(reader, engagement, records, writer, left_out);
  const stamps = await standingOf(reader, { engagement, report, end, left_out }, records, writer);
  const drawn = await samplesOf(
    reader,
    { draws: acted, within: scope },
    (file) => writer.add(file),
    left_out,
  );
  for (const { name, indexes } of drawn) records.name(indexes, name);
  const manifests = await manifestsOf(reader, scope);
  records.name(manifests.indexes, 'manifests');
  if (manifests.missing.length > 0)
    left_out.push(
      `manifests of ${manifests.missing.length} days that are not closed: ${manifests.missing.join(', ')}`,
    );
  for await (const file of lakeFiles(reader, manifests.files, left_out)) writer.add(file);
  writer.add(
    jsonFile(
      'continuations.json',
      await continuationsOf(reader, { engagement, end, cosigned, stamps, drawn }),
    ),
  );
  const proven = await records.write(reader, writer, blobs, (done, total) =>
    progress('records', done, total),
  );
  left_out.push(
    `the ${log.size - proven} other records of the log, and the lake but for its daily counts: what the answers are made of is named by the manifests, with digests`,
  );
  for await (const file of request.more?.(report, left_out) ?? []) writer.add(file);
  const { engagement: id, framework, from, to, auditor, log_index } = engagement;
  const about = { engagement: { id, framework, from, to, auditor, log_index }, log, left_out };
  progress('records', 1, 1);
  return {
    ...writer.end(about),
    log,
    incomplete: answers.incomplete,
    missing: report.standing.missing.map(({ message }) => message),
    left_out,
  };
}

/** What was done in the engagement, asked, saved and drawn: as files for people, and by their records. @returns the draws of the scope */
async function actsOf(
  reader: LedgerReader,
  engagement: Engagement,
  records: PackRecords,
  writer: PackWriter,
  left_out: string[],
) {
  const { scope } = engagement;
  const source = sourceHere(reader);
  const own = await engagementActs(source, engagement);
  const acts = await readActs(source, {}, { kinds: [SAMPLE_DRAWN, 'query saved'] });
  if (acts.unknown !== undefined) left_out.push(`acts of audits that are not known: ${acts.unknown}`);
  const draws = drawsOf(acts, scope);
  const saved = acts.acts.flatMap(({ kind, details, record_id, log_index, recorded_at }) => {
    const parsed = kind === 'query saved' ? savedSchema.safeParse(details) : undefined;
    if (parsed?.success !== true) return [];
    const { framework, period } = parsed.data;
    if (framework !== scope.framework || period.from > scope.to || period.to < scope.from) return [];
    // What reaches beyond the scope is another audit's, also where the periods share a day. A text that was not confined saw all frameworks.
    const inside = scope.from <= period.from && period.to <= scope.to;
    const confined = parsed.data.confined || parsed.data.query.name !== 'sql';
    if (inside && confined) return [{ record_id, log_index, recorded_at, ...parsed.data }];
    left_out.push(`saved answer ${record_id}: it reaches beyond the framework or the period`);
    return [];
  });
  records.name(
    own.map(({ log_index }) => log_index),
    'acts of the engagement',
  );
  records.name(
    draws.map(({ log_index }) => log_index),
    'draws',
  );
  records.name(
    saved.map(({ log_index }) => log_index),
    'saved answers',
  );
  writer.json('requests.json', requestsOf(own));
  writer.json('saved-questions.json', saved);
  return draws;
}

interface Standing {
  engagement: Engagement;
  report: AuditReport;
  end: { size: number };
  left_out: string[];
}

/** Overrides, manual evidence and time stamps, which are of more than one period. @returns the time stamps that are kept */
async function standingOf(
  reader: LedgerReader,
  { engagement, report, end, left_out }: Standing,
  records: PackRecords,
  writer: PackWriter,
): Promise<KeptStamp[]> {
  const { framework, to } = engagement.scope;
  const { answer, gaps } = await askStanding(reader);
  left_out.push(
    ...gaps.map((gap) => `overrides, manual evidence and time stamps that are not known: ${gap}`),
  );
  const rows = rowsOf(answer);
  const of = (type: string) => rows.filter((row) => row.text('record_type') === type);
  const registered = new Set(report.overrides.register.map(({ override_id }) => override_id));
  records.name(
    of('override')
      .filter((row) => registered.has(row.text('override_id')))
      .map((row) => row.number('log_index')),
    'override records',
  );
  const indexes = of('manual').map((row) => row.number('log_index'));
  const manual = (await manualItemsAt(reader, indexes)).filter((item) => item.framework === framework);
  writer.json(
    'manual.json',
    manual.map((item) => ({ ...item, ...stateOn(to, item) })),
  );
  records.name(
    manual.flatMap(({ log_index, reviews }) => [log_index, ...reviews.map((review) => review.log_index)]),
    'records of manual evidence',
  );
  const stamped = of('timestamp').filter((row) => row.text('emitter') === STAMP_EMITTER);
  const stamps = await stampsOf(
    reader,
    stamped.map((row) => row.number('log_index')),
    end,
  );
  records.name(
    stamps.map(({ log_index }) => log_index),
    'time stamps',
  );
  return stamps;
}

interface Earlier {
  engagement: Engagement;
  end: { size: number; root: string };
  cosigned: string | undefined;
  stamps: readonly KeptStamp[];
  drawn: readonly { state: { size: number; root: string } }[];
}

/** Proofs that the log goes on unchanged from each state of it that somebody else may have seen. */
async function continuationsOf(
  reader: LedgerReader,
  { engagement, end, cosigned, stamps, drawn }: Earlier,
): Promise<Continuation<string>[]> {
  const proofs: Continuation<string>[] = [
    await continuation(reader, 'period end', end),
    await continuation(reader, 'opening', engagement.at_opening),
  ];
  if (cosigned !== undefined) {
    const { size, root } = parseCheckpoint(parseNote(cosigned).text);
    const state = { size, root: Buffer.from(root).toString('hex') };
    proofs.push(await continuation(reader, 'witnessed', state, 'the co-signed checkpoint'));
  }
  for (const stamp of stamps)
    proofs.push(await continuation(reader, 'stamped', stamp, `the time stamp at record ${stamp.log_index}`));
  // A seed is made of a state: one that the log never had would be one that was chosen.
  for (const state of new Map(drawn.map((each) => [each.state.size, each.state])).values())
    if (state.size !== end.size)
      proofs.push(await continuation(reader, 'drawn', state, 'the seed of a sample'));
  return proofs;
}
