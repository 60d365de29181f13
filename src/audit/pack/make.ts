import { query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, type Json, parseRecord } from '../../record/index.ts';
import { formatZip, listFiles, type PackFile, parseCheckpoint, parseNote } from '../../verify/index.ts';
import { engagementActs } from '../engagement/acts.ts';
import { continuation } from '../engagement/consistency.ts';
import { controlsOf } from '../engagement/controls.ts';
import type { Engagement } from '../engagement/engagement.ts';
import { requestFor } from '../scope/request.ts';
import { periodEnd } from '../scope/scope.ts';
import { sourceHere } from '../scope/source.ts';
import {
  answerFile,
  blobFiles,
  CONTROL_QUESTIONS,
  columnOf,
  handoverFiles,
  lakeFiles,
  manifestsOf,
  PACK_QUESTIONS,
  type PackedAnswer,
  recordFiles,
} from './gather.ts';

export interface PackRequest {
  engagement: Engagement;
  /** Files that a caller adds, such as tables, reports and the verifier, made of the answers. */
  more?: (answers: readonly PackedAnswer[]) => PackFile[] | Promise<PackFile[]>;
  progress?: (done: number, total: number) => void;
}

export interface MadePack {
  zip: Uint8Array;
  /** SHA-256 of it, hexadecimal. */
  digest: string;
  files: number;
  log: { origin: string; size: number; root: string };
  /** Answers that are not complete. */
  incomplete: string[];
  left_out: string[];
}

/** Most records of one kind that go in with their proofs; what is beyond is said. */
const MOST_RECORDS = 2_000;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Everything of an engagement in one ZIP: answers with their rows, the records that they rest on with inclusion proofs, manifests with their
 * lists of files, blobs, the checkpoint, and proofs that the log goes on unchanged. The same evidence at the same size of the log gives the
 * same bytes: no clock is looked at.
 * @param reader is held at the checkpoint of now, and stays so
 * @throws ExhibitError what the questions throw; PACK_INVALID where it would be too large
 */
export async function makePack(reader: LedgerReader, request: PackRequest): Promise<MadePack> {
  const { engagement, progress = () => undefined } = request;
  const { scope } = engagement;
  await reader.hold();
  const note = await reader.checkpointText();
  const log = await reader.checkpoint();
  const left_out: string[] = [];
  const answers: PackedAnswer[] = [];
  const ask = async (path: string, name: string, control?: string) => {
    const answer = await query(reader, requestFor(name, scope, control), { check: 'digest' });
    answers.push({ path, answer });
    return answer;
  };
  for (const [done, name] of PACK_QUESTIONS.entries()) {
    progress(done, PACK_QUESTIONS.length);
    await ask(name, name);
  }
  const answered = new Map(answers.map(({ path, answer }) => [path, answer]));
  const of = (name: (typeof PACK_QUESTIONS)[number]) => answered.get(name) as PackedAnswer['answer'];
  const controls = controlsOf(of('framework-verdicts'), of('framework-coverage'));
  const expected = controls.filter(({ state }) => state !== 'nothing is expected');
  for (const [done, { control }] of expected.entries()) {
    progress(done, expected.length);
    for (const name of CONTROL_QUESTIONS) await ask(`controls/${control}/${name}`, name, control);
  }
  const acts = await engagementActs(sourceHere(reader), engagement);
  const manifests = await manifestsOf(reader, scope);
  if (manifests.missing.length > 0)
    left_out.push(
      `manifests of ${manifests.missing.length} days that are not closed: ${manifests.missing.join(', ')}`,
    );
  const lake = await lakeFiles(reader, manifests.files);
  left_out.push(...lake.missing.map((key) => `${key}: it is not in the lake`));
  const versions = of('policy-versions');
  const named = [
    engagement.log_index,
    ...acts.map(({ log_index }) => log_index),
    ...manifests.indexes,
    ...indexesIn(of('gap-records'), 'gap records', left_out),
    ...columnOf(versions, 'log_index').filter((index): index is number => typeof index === 'number'),
  ];
  const records: PackFile[] = [];
  const digests: string[] = [...manifests.blobs.keys()];
  const indexes = [...new Set(named)].filter((index) => index < log.size).sort((a, b) => a - b);
  for (const [done, index] of indexes.entries()) {
    if (done % 50 === 0) progress(done, indexes.length);
    const [record, proof] = (await recordFiles(reader, index)) as [PackFile, PackFile];
    records.push(record, proof);
    digests.push(...digestsIn(record.bytes));
  }
  const blobs = await blobFiles(reader, digests);
  left_out.push(...blobs.missing.map((digest) => `blob ${digest}: it is not in the store`));
  const end = engagement.period_end.over ? engagement.period_end : await periodEnd(reader, scope);
  const cosigned = await reader.cosignedText();
  const witnessed = cosigned === undefined ? undefined : parseCheckpoint(parseNote(cosigned).text);
  const continuations = [
    await continuation(reader, 'period end', end),
    await continuation(reader, 'opening', engagement.at_opening),
    ...(witnessed === undefined
      ? []
      : [
          await continuation(reader, 'witnessed', {
            size: witnessed.size,
            root: Buffer.from(witnessed.root).toString('hex'),
          }),
        ]),
  ];
  const json = (path: string, value: unknown): PackFile => ({
    path,
    bytes: encode(canonicalize(value as Json)),
  });
  const { engagement: id, framework, from, to, auditor, log_index } = engagement;
  left_out.push(
    `the ${log.size - indexes.length} other records of the log, and the lake but for its daily counts: what the answers are made of is named by the manifests, with digests`,
  );
  const files = [
    { path: 'log/checkpoint', bytes: encode(note) },
    ...(cosigned === undefined ? [] : [{ path: 'log/cosigned', bytes: encode(cosigned) }]),
    ...(await handoverFiles(reader)),
    json('continuations.json', continuations),
    json('controls.json', controls),
    ...answers.map(answerFile),
    ...records,
    ...blobs.files,
    ...lake.files,
    ...((await request.more?.(answers)) ?? []),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const about = { engagement: { id, framework, from, to, auditor, log_index }, log, left_out };
  const zip = formatZip([...listFiles(about, files, sha256), ...files]);
  return {
    zip,
    digest: Buffer.from(sha256(zip)).toString('hex'),
    files: files.length + 2,
    log,
    incomplete: answers.filter(({ answer }) => !answer.coverage.complete).map(({ path }) => path),
    left_out,
  };
}

function indexesIn(answer: PackedAnswer['answer'], what: string, left_out: string[]): number[] {
  const all = columnOf(answer, 'log_index').filter((index): index is number => typeof index === 'number');
  if (all.length > MOST_RECORDS)
    left_out.push(
      `${all.length - MOST_RECORDS} of ${all.length} ${what}, which the answer lists: the first ${MOST_RECORDS} are there with proofs`,
    );
  return all.slice(0, MOST_RECORDS);
}

/** Control map, frameworks and policies that a record names: what the answers were made with. */
function digestsIn(bytes: Uint8Array): string[] {
  const { record_type, control_map_digest, details = {} } = parseRecord(bytes);
  if (record_type !== 'policy' && record_type !== 'manifest') return [];
  const named = [control_map_digest, details.frameworks_digest, details.policies_digest];
  return named.filter((digest): digest is string => typeof digest === 'string');
}
