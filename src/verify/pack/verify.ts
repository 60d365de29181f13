import {
  canonicalize,
  ExhibitError,
  fromHex,
  isExhibitError,
  type Sha256,
  toHex,
} from '../../record/index.ts';
import { fromUtf8, toUtf8 } from '../bytes.ts';
import { parseCheckpoint } from '../checkpoint-body.ts';
import { readEntry } from '../entry.ts';
import { openTrusted } from '../handover.ts';
import type { Level } from '../level.ts';
import { verifyConsistency } from '../merkle.ts';
import { parseProof, verifyProof } from '../proof.ts';
import type { FoundStamp } from '../stamp.ts';
import type { TrustPolicy } from '../trust-policy.ts';
import type { SignedCheckpoint, VerifierKey, VerifyCrypto } from '../types.ts';
import { witnessedLevel } from '../witnessed.ts';
import { type Contents, checkContents } from './contents.ts';
import { hintOf, refusePack as refuse } from './refuse.ts';
import { type ReportStanding, reportStanding } from './reports.ts';
import { checkSample } from './samples.ts';
import { hash, list, type Members, members, parseJson, text, tree, truth } from './shape.ts';
import { type PackFile, readZip } from './zip.ts';

export interface PackOptions {
  /** Keys of the log and of witnesses that the reader has from another place. */
  keys: readonly VerifierKey[];
  policy?: TrustPolicy | undefined;
  crypto: VerifyCrypto;
  /** Called with how many records were checked, of how many. */
  progress?: (done: number, total: number) => void;
}

/** What was found to hold, in numbers. */
export interface VerifiedPack {
  contents: Contents;
  /** SHA-256 of the whole pack, hexadecimal: what a record of the log says of it can be compared. */
  digest: string;
  files: number;
  /** Records with their inclusion proofs. */
  records: number;
  /** Days whose manifest is among the records, and lake files in the pack that are as a manifest says. */
  manifests: number;
  lake_files: number;
  blobs: number;
  /** Answers whose digest follows from their rows. */
  answers: number;
  /** Of these, those that are not complete, by file: what they do not say is no good news. */
  incomplete: string[];
  /** What the reports say of themselves. Only the record of the pack binds them. */
  reports: ReportStanding;
  /** Draws whose seed, places and items follow from their records. */
  samples: number;
  /** Of these, those that were drawn again over their whole population, from a seed of a state that the log had. */
  samples_whole: number;
  /** Items of draws whose decision is not in the pack. */
  samples_unseen: number;
  /** Proofs that the log goes on from the end of the period, from the opening, and from what witnesses and authorities signed. */
  continuations: number;
  checkpoint: SignedCheckpoint;
  /** How far trust in the checkpoint reaches. Time stamps are not in it. */
  level: Level;
  /** Records of time stamps, in the order of the log: the log goes on from the state that each names. Their tokens were not checked. */
  stamps: FoundStamp[];
  /** For checks that go further: files by path, records by index, roots by stamped size. All of it was compared before. */
  inside: {
    files: ReadonlyMap<string, Uint8Array>;
    records: ReadonlyMap<number, Members>;
    roots: ReadonlyMap<number, string>;
  };
}

const CHECKPOINT = 'log/checkpoint';
const CONTINUATIONS = ['period end', 'opening', 'witnessed', 'stamped', 'drawn'] as const;
/** No proof between trees below 2^53 leaves is longer. */
const MOST_HASHES = 107;

interface Opened {
  at_opening: { size: number; root: string };
  period_end: { size: number; root: string; over: boolean };
}

/**
 * Checks a pack as a stranger would: every byte of the ZIP, each file against the list, the checkpoint with the reader's keys, each record with its
 * proof, the engagement against its record, both consistency proofs, each manifest's list of files and the lake files that are there, and
 * each answer's digest against its rows.
 * @param zip attacker-controlled
 * @throws ExhibitError PACK_INVALID, CHECKPOINT_INVALID, PROOF_INVALID, naming the file; ALGORITHM_MISSING
 */
export async function verifyPack(zip: Uint8Array, options: PackOptions): Promise<VerifiedPack> {
  const { crypto, keys, policy } = options;
  const { sha256 } = crypto;
  const { files, contents } = openPack(zip, sha256);
  const byPath = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const at = <T>(path: string, work: (bytes: Uint8Array) => T): T =>
    placed(path, () => work(byPath.get(path) ?? refuse(`${path} is missing`, path)));
  const source = (path: string) => byPath.get(`log/${path}`);
  const open = (path: string, note: Uint8Array) =>
    openTrusted(source, note, keys, crypto, { origin: contents.log.origin }).catch((cause: unknown) =>
      placed(path, () => {
        throw cause;
      }),
    );
  const { checkpoint, handovers } = await open(
    CHECKPOINT,
    source('checkpoint') ?? refuse(`${CHECKPOINT} is missing`, CHECKPOINT),
  );
  if (checkpoint.size !== contents.log.size || toHex(checkpoint.root) !== contents.log.root)
    refuse('its list names another state of the log than its checkpoint', CHECKPOINT);
  const signers = [...handovers.slice(0, 1).map(({ key }) => key), ...keys];
  const note = source('cosigned');
  const cosigned = note === undefined ? undefined : await open('log/cosigned', note);
  const records = checkRecords(files, byPath, signers, options, contents);
  const continuations = at('continuations.json', (bytes) =>
    checkContinuations(bytes, contents, { ...records.opened, witnessed: cosigned?.checkpoint }, sha256),
  );
  const roots = checkStamps(records.stamps, continuations, contents.log);
  const lake = checkManifests(records.manifests, contents, byPath);
  const answers = checkAnswers(files, contents, sha256);
  const log = {
    origin: contents.log.origin,
    states: new Map(continuations.map(({ size, root }) => [size, root])),
    records: records.told,
  };
  const samples = files
    .filter(({ path }) => path.startsWith('samples/'))
    .map((sample) => placed(sample.path, () => checkSample(sample, log, sha256)));
  const level = witnessedLevel(checkpoint, cosigned === undefined ? [] : [cosigned.checkpoint], keys, policy);
  return {
    ...{ contents, checkpoint, level, stamps: records.stamps },
    inside: { files: byPath, records: records.told, roots },
    continuations: continuations.length,
    digest: toHex(sha256(zip)),
    files: files.length,
    records: records.count,
    manifests: records.manifests.length,
    lake_files: lake,
    blobs: checkBlobs(contents),
    answers: answers.count,
    samples: samples.length,
    samples_whole: samples.filter(({ whole }) => whole).length,
    samples_unseen: samples.reduce((sum, { unseen }) => sum + unseen, 0),
    incomplete: answers.incomplete,
    reports: reportStanding(byPath),
  };
}

/**
 * The files of a pack, each as its own list says. It shows that nothing was changed by accident, and of whom the pack is nothing.
 * @param zip attacker-controlled
 * @throws ExhibitError PACK_INVALID
 */
export function openPack(zip: Uint8Array, sha256: Sha256): { files: PackFile[]; contents: Contents } {
  const files = readZip(zip);
  return { files, contents: checkContents(files, sha256) };
}

interface ManifestRecord {
  path: string;
  files_digest: string;
}

function checkRecords(
  files: readonly PackFile[],
  byPath: ReadonlyMap<string, Uint8Array>,
  keys: readonly VerifierKey[],
  { crypto, progress }: PackOptions,
  { engagement, log }: Contents,
) {
  const named = files.filter(({ path }) => /^records\/[0-9]+\.json$/.test(path));
  const manifests: ManifestRecord[] = [];
  const stamps: FoundStamp[] = [];
  const told = new Map<number, Members>();
  const checkpoint = fromUtf8(byPath.get(CHECKPOINT) ?? new Uint8Array());
  let opened: Opened | undefined;
  for (const [done, { path, bytes }] of named.entries()) {
    if (done % 100 === 0) progress?.(done, named.length);
    placed(path, () => {
      const proofPath = path.replace(/\.json$/, '.tlog-proof');
      const proof = byPath.get(proofPath) ?? refuse(`${path} has no proof`, proofPath);
      // Of the very state that the pack is about: another one that the key signed could be another history.
      if (parseProof(proof).checkpoint !== checkpoint)
        refuse(`${proofPath} leads to another checkpoint than that of the pack`, proofPath);
      const found = placed(proofPath, () => verifyProof(bytes, proof, keys, crypto, { origin: log.origin }));
      const index = Number(/[0-9]+/.exec(path)?.[0]);
      if (found.index !== index) refuse(`${path} is record ${found.index}`, path);
      const { stamp, recorded_at } = readEntry(bytes);
      if (stamp !== undefined) stamps.push({ ...stamp, index, recorded_at });
      const record = members(parseJson(bytes), 'it');
      told.set(index, record);
      if (index === engagement.log_index) opened = opening(record, engagement);
      if (record.record_type !== 'manifest') return;
      const { files_digest } = members(record.details, 'details');
      manifests.push({ path, files_digest: text(files_digest, 'files_digest') });
    });
  }
  if (opened === undefined)
    return refuse(`record ${engagement.log_index}, which opened the engagement, is missing`);
  stamps.sort((a, b) => a.index - b.index);
  return { count: named.length, manifests, opened, told, stamps };
}

/** What the pack says of its engagement is what the record says that opened it. */
function opening(record: Members, engagement: Contents['engagement']): Opened {
  const details = members(record.details, 'details');
  const { id, framework, from, to, auditor } = engagement;
  if (details.kind !== 'engagement opened' || record.emitter !== 'exhibit.audit')
    refuse('its engagement was not opened by this record');
  const same =
    details.engagement === id &&
    details.framework === framework &&
    details.from === from &&
    details.to === to &&
    details.auditor === auditor;
  if (!same) refuse('its list names another engagement than the record that opened it');
  const end = members(details.period_end, 'period_end');
  return {
    at_opening: tree(details.at_opening, 'at_opening'),
    period_end: { ...tree(end, 'period_end'), over: truth(end.over, 'period_end.over') },
  };
}

function checkContinuations(
  bytes: Uint8Array,
  { log }: Contents,
  opened: Opened & { witnessed: SignedCheckpoint | undefined },
  sha256: Sha256,
): ReturnType<typeof continuationOf>[] {
  const found = list(parseJson(bytes), 'it').map(continuationOf);
  const wanted = ['period end', 'opening', ...(opened.witnessed === undefined ? [] : ['witnessed'])];
  // Behind those, any number of time stamps, and of states that samples were drawn by.
  const required = found.filter(({ of }, at) => (of !== 'stamped' && of !== 'drawn') || at < wanted.length);
  if (required.map(({ of }) => of).join() !== wanted.join())
    refuse('a proof that the log goes on is missing', 'continuations.json');
  for (const { of, size, root, to, proof } of found) {
    if (to.size !== log.size || to.root !== log.root)
      refuse(`the proof from the ${of} leads to another state`, 'continuations.json');
    const said = saidOf(of, opened);
    if (said !== undefined && (said.size !== size || said.root !== root))
      refuse(`the proof of the ${of} begins at another state than it should`, 'continuations.json');
    verifyConsistency(sha256, {
      ...{ size1: size, root1: fromHex(root), size2: to.size, root2: fromHex(to.root) },
      proof: proof.map(fromHex),
    });
  }
  return found;
}

/**
 * What an authority stamped is a state that the log goes on from: each record of a time stamp has its proof, and each proof its record. The tokens are not
 * looked at here. @returns the root that the log had at each stamped size
 */
function checkStamps(
  stamps: readonly FoundStamp[],
  continuations: readonly ReturnType<typeof continuationOf>[],
  log: Contents['log'],
): ReadonlyMap<number, string> {
  const roots = new Map(
    continuations.filter(({ of }) => of === 'stamped').map(({ size, root }) => [size, root]),
  );
  const named = new Set<number>();
  for (const { index, checkpoint } of stamps) {
    const path = `records/${index}.json`;
    const { origin, size, root } = placed(path, () => parseCheckpoint(checkpoint));
    named.add(size);
    if (origin !== log.origin || size > index || roots.get(size) !== toHex(root))
      refuse(`no proof leads from the state that the time stamp of ${path} is of`, path);
  }
  if (continuations.some(({ of, size }) => of === 'stamped' && !named.has(size)))
    refuse('a proof leads from a time stamp that no record of it names', 'continuations.json');
  return roots;
}

function continuationOf(value: unknown) {
  const one = members(value, 'a proof');
  const of =
    CONTINUATIONS.find((name) => name === one.of) ??
    refuse('a proof is of something else', 'continuations.json');
  const proof = list(one.proof, 'proof').map((hex) => hash(hex, 'proof'));
  if (proof.length > MOST_HASHES) refuse('a proof is too long', 'continuations.json');
  return { of, ...tree(one, 'a proof'), to: tree(one.to, 'to'), proof };
}

/**
 * Where a proof has to begin; undefined for the end of a period that was not over when the engagement was opened, and for what an authority
 * stamped or a sample was drawn by: the record of the stamp or the draw says that, and is compared apart.
 */
function saidOf(
  of: (typeof CONTINUATIONS)[number],
  opened: Opened & { witnessed: SignedCheckpoint | undefined },
): { size: number; root: string } | undefined {
  switch (of) {
    case 'opening':
      return opened.at_opening;
    case 'period end':
      return opened.period_end.over ? opened.period_end : undefined;
    case 'stamped':
    case 'drawn':
      return undefined;
    case 'witnessed':
      return { size: opened.witnessed?.size ?? -1, root: toHex(opened.witnessed?.root ?? new Uint8Array()) };
  }
}

/** Each manifest's list of files is there, and each lake file in the pack is in one of the lists. @returns how many lake files */
function checkManifests(
  manifests: readonly ManifestRecord[],
  { files }: Contents,
  byPath: ReadonlyMap<string, Uint8Array>,
): number {
  const said = new Map<string, string>();
  for (const { path, files_digest } of manifests) {
    const blob = blobPath(files_digest);
    const bytes = byPath.get(blob) ?? refuse(`the list of files that ${path} names is missing`, blob);
    for (const file of placed(blob, () => list(parseJson(bytes), 'it').map((one) => members(one, 'a file'))))
      said.set(text(file.key, 'key'), text(file.sha256, 'sha256'));
  }
  const lake = files.filter(({ path }) => path.startsWith('lake/'));
  for (const { path, sha256 } of lake) {
    const digest = said.get(path.slice('lake/'.length));
    if (digest === undefined) refuse(`no manifest names ${path}`, path);
    if (digest !== `sha256:${sha256}`) refuse(`${path} differs from its manifest`, path);
  }
  return lake.length;
}

/** Digests are those of the list, which were compared with the bytes before. */
function checkBlobs({ files }: Contents): number {
  const blobs = files.filter(({ path }) => path.startsWith('blobs/'));
  for (const { path, sha256 } of blobs)
    if (path !== blobPath(`sha256:${sha256}`)) refuse(`${path} differs from its name`, path);
  return blobs.length;
}

function checkAnswers(files: readonly PackFile[], { log }: Contents, sha256: Sha256) {
  const incomplete: string[] = [];
  const named = files.filter(({ path }) => /^answers\/.*\.answer\.json$/.test(path));
  for (const { path, bytes } of named)
    placed(path, () => {
      const answer = members(parseJson(bytes), 'it');
      const { row_count, result_digest } = answer;
      const columns = list(answer.columns, 'columns').map((one) => ({
        name: text(members(one, 'a column').name, 'name'),
      }));
      const rows = list(answer.rows, 'rows').map((row) => list(row, 'a row'));
      const ledger = members(answer.ledger, 'ledger');
      const { complete } = members(answer.coverage, 'coverage');
      if (rows.length !== row_count)
        refuse(`${path} has ${rows.length} rows, and says ${String(row_count)}`, path);
      if (answerDigest(columns, rows, sha256) !== result_digest)
        refuse(`the rows of ${path} do not give its digest`, path);
      if (ledger.size !== log.size || ledger.root !== log.root || ledger.origin !== log.origin)
        refuse(`${path} was answered from another state of the log`, path);
      if (!truth(complete, 'coverage.complete')) incomplete.push(path);
    });
  return { count: named.length, incomplete };
}

/** The digest of an answer, from its rows alone. */
export function answerDigest(
  columns: readonly { name: string }[],
  rows: readonly (readonly unknown[])[],
  sha256: Sha256,
): string {
  const sorted = rows.map((row) => canonicalize(row)).sort();
  const text = `{"columns":${canonicalize(columns.map(({ name }) => name))},"rows":[${sorted.join(',')}]}`;
  return `sha256:${toHex(sha256(toUtf8(text)))}`;
}

/** Where a blob lies in a pack. */
export function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/** An error of what is in a file, with the file. */
function placed<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isExhibitError(cause) && (cause.location.file !== undefined || cause.code === 'ALGORITHM_MISSING'))
      throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const code = isExhibitError(cause) ? cause.code : 'PACK_INVALID';
    throw new ExhibitError(
      code,
      `${path}: ${isExhibitError(cause) ? message : 'it is not what it should be'}`,
      {
        cause,
        hint: hintOf(cause),
        location: { file: path },
      },
    );
  }
}
