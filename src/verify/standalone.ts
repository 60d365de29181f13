/**
 * The verifier in one file, for auditors: `node exhibit-verify.mjs`. It needs Node and nothing else, and no network.
 * All of Node's file access is here; the rest of this folder is pure.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ExhibitError, formatLocation, generatedWarning, isExhibitError, toHex } from '../record/index.ts';
import { readEntry } from './entry.ts';
import { openTrusted } from './handover.ts';
import { formatLevel } from './level.ts';
import { verifyLog } from './log.ts';
import { nodeCrypto } from './node.ts';
import {
  type Beside,
  besideNames,
  blobPath,
  completeText,
  damagedFiles,
  notShownText,
  type Recorded,
  sampleText,
  type VerifiedPack,
  verifyPack,
  verifyRecorded,
} from './pack/index.ts';
import { parseProof, verifyProof } from './proof.ts';
import { refuseEndedIn } from './retired.ts';
import type { LogSource } from './source.ts';
import type { FoundStamp } from './stamp.ts';
import { parseTrustPolicy, type TrustPolicy } from './trust-policy.ts';
import type { SignedCheckpoint, VerifierKey } from './types.ts';
import { parseVkey } from './vkey.ts';
import { witnessedLevel } from './witnessed.ts';

const USAGE = `usage: node exhibit-verify.mjs COMMAND --vkey KEY [options]

  record RECORD.json PROOF.tlog-proof
                   is this record, byte for byte, in the log that signed?
  checkpoint FILE  who signed which size and root?
  pack FILE        does a pack follow from the log, and is it the one on record?
                   FILE.record.json and FILE.tlog-proof are taken from beside it
  ledger FOLDER    does every record, tile and checkpoint of a ledger hold?

  --vkey KEY       verifier key of the log or of a witness, as text or in a
                   file; may be given again
  --policy FILE    logs that you believe and witnesses that you ask for
                   (c2sp.org/tlog-policy); it fails where fewer co-signed
  --known FILE     a checkpoint seen before, which the ledger must contain;
                   may be given again
  --origin NAME    the log that is expected
  --log FOLDER     (record, checkpoint) a log folder whose handover files lead
                   from your key to a newer one, and say whether your key ended
  --record FILE    (pack) the record that has the digest of the pack, and
  --proof FILE     (pack) its proof, where they do not lie beside it
  --hashes-only    (ledger) do not read entries as records

Exit code: 0 it holds, 1 it does not, 2 wrong usage, 3 not shown: a pack without
its record, or with an answer that is not complete; an answer not written.
`;

interface Options {
  /** Those given, and those of the policy. */
  keys: VerifierKey[];
  policy: TrustPolicy | undefined;
  known: string[];
  origin: { origin?: string };
  log: LogSource;
  /** The record of a pack and its proof, where both were given. */
  beside: Beside['files'] | undefined;
  hashesOnly: boolean;
}

/** The answer, a line each; incomplete where something that was asked is not known. */
type Said = string[] & { incomplete?: boolean };

async function record(files: string[], { keys, policy, origin, log }: Options): Promise<string[]> {
  const [recordFile, proofFile] = operands(files, 2);
  const proof = await read(proofFile);
  const { checkpoint: note } = parseProof(proof);
  const { handovers } = await openTrusted(log, note, keys, nodeCrypto, origin);
  const signers = [...handovers.slice(0, 1).map(({ key }) => key), ...keys];
  const bytes = withoutNewline(await read(recordFile));
  const found = verifyProof(bytes, proof, signers, nodeCrypto, origin);
  const { record_type, recorded_at } = readEntry(bytes);
  const ends = await checkEnd(found.checkpoint, keys, log);
  return [
    `record     index ${found.index} of ${found.checkpoint.size}, leaf hash ${toHex(found.leafHash)}`,
    `           a ${record_type}, recorded at ${recorded_at}`,
    ...describe(found.checkpoint, keys, policy),
    ...ends,
  ];
}

/**
 * Whether the key that signed had ended before: the checkpoint that the log shows now leads to its handovers. Without a log
 * that is not known, and said.
 */
async function checkEnd(
  opened: SignedCheckpoint,
  keys: readonly VerifierKey[],
  log: LogSource,
): Promise<string[]> {
  const now = await log('checkpoint');
  if (now === undefined)
    return [
      `not shown  whether the log had a newer key by size ${opened.size}: give --log, or verify the ledger`,
    ];
  // It must be the log of the reader; then what counts is what leads on from the key that signed, also where both keys were given.
  await openTrusted(log, now, keys, nodeCrypto, { origin: opened.origin });
  await refuseEndedIn(log, now, opened, nodeCrypto);
  return [];
}

async function checkpoint(files: string[], { keys, policy, origin, log }: Options): Promise<string[]> {
  const [file] = operands(files, 1);
  const opened = await openTrusted(log, await read(file), keys, nodeCrypto, origin);
  return [...describe(opened.checkpoint, keys, policy), ...(await checkEnd(opened.checkpoint, keys, log))];
}

async function ledger(
  files: string[],
  { keys, policy, known, origin, hashesOnly }: Options,
): Promise<string[]> {
  const [folder] = operands(files, 1);
  // Either the folder of the ledger or the folder of its log.
  const inside = join(folder, 'log');
  const source = folderSource(
    (await readIfThere(join(inside, 'checkpoint'))) === undefined ? folder : inside,
  );
  const result = await verifyLog(source, nodeCrypto, keys, {
    ...origin,
    known,
    ...(hashesOnly ? {} : { readEntry }),
  });
  const { recorded } = result;
  const times = recorded === undefined ? [] : [`recorded   ${recorded.first} to ${recorded.last}`];
  const handed = result.handovers.map(
    ({ key, validFromSize }) => `handover   to ${key.name}+${key.id} from size ${validFromSize} on`,
  );
  return [
    `records    ${result.checkpoint.size}: each has its leaf hash, and all tiles lead to the root`,
    ...times,
    ...handed,
    `known      ${result.known} checkpoints seen before, all contained`,
    ...describe(result.checkpoint, keys, policy, result.cosigned),
    ...stamps(result.stamps, ({ token }) => `blobs/sha256/${token.slice(7, 9)}/${token.slice(9)}`),
    ...(hashesOnly
      ? ['not shown  what the records say, so also whether one of them hands the log over to another key']
      : []),
  ];
}

/** What reads certificates is eight times as large as this file, so tokens are checked by other programs. */
function stamps(
  found: readonly FoundStamp[],
  pathOf: (stamp: FoundStamp) => string,
  others = 'exhibit ledger verify --tsa-root',
): string[] {
  const newest = found.at(-1);
  return newest === undefined
    ? []
    : [
        `not shown  whether the ${found.length} time stamps of the log hold: check the tokens with openssl ts -verify, or with`,
        `           ${others}. The newest is record ${newest.index}, its token ${pathOf(newest)}`,
      ];
}

function describe(
  opened: SignedCheckpoint,
  keys: readonly VerifierKey[],
  policy: TrustPolicy | undefined,
  cosigned: readonly SignedCheckpoint[] = [],
): string[] {
  return [
    `log        ${opened.origin}, size ${opened.size}, root ${toHex(opened.root)}`,
    `level      ${formatLevel(witnessedLevel(opened, cosigned, keys, policy))}`,
  ];
}

async function pack(files: string[], { keys, policy, beside }: Options): Promise<Said> {
  const [file] = operands(files, 1);
  const zip = await read(file);
  const found = await verifyPack(zip, { keys, policy, crypto: nodeCrypto }).catch((error: unknown) => {
    for (const path of damagedFiles(zip)) print(`DAMAGED    ${path}`);
    throw error;
  });
  const recorded = await recordedBeside(file, found, keys, beside);
  const { contents, checkpoint: opened, incomplete, level } = found;
  const { id, framework, from, to } = contents.engagement;
  const generated = generatedWarning(opened.origin);
  const said: Said = [
    ...(generated === undefined ? [] : [generated]),
    ...('missing' in recorded
      ? [
          `NOT SHOWN  ${notShownText(recorded.missing)}`,
          `pack       ${found.files} files, each as its own list says; sha256:${found.digest}`,
        ]
      : [
          `pack       ${found.files} files, each byte accounted for; sha256:${found.digest}`,
          `on record  record ${recorded.index} of a log of ${recorded.size} has this digest`,
        ]),
    `complete   ${completeText(found)}`,
    `engagement ${id}: ${framework}, ${from} to ${to}`,
    `records    ${found.records}, each with its inclusion proof; of these ${found.manifests} manifests`,
    `unchanged  ${found.continuations} proofs that the log goes on from earlier states`,
    `answers    ${found.answers}, each digest follows from its rows; ${found.lake_files} files of the lake as the manifests say`,
    `samples    ${sampleText(found)}`,
    `log        ${opened.origin}, size ${opened.size}, root ${toHex(opened.root)}`,
    `level      ${formatLevel(level)}`,
    ...stamps(found.stamps, ({ token }) => blobPath(token), 'verify.html'),
    ...incomplete.map((path) => `NOT COMPLETE  ${path}`),
    ...contents.left_out.map((one) => `left out   ${one}`),
    ...('missing' in recorded
      ? ['next       put the two files that came with the pack beside it, or give --record and --proof']
      : []),
  ];
  said.incomplete = 'missing' in recorded || incomplete.length > 0;
  return said;
}

/** That this very pack is on record, by the two files given, or by those beside it: the names of those that are missing. */
async function recordedBeside(
  file: string,
  found: VerifiedPack,
  keys: readonly VerifierKey[],
  given: Beside['files'] | undefined,
): Promise<Recorded | { missing: string[] }> {
  const files = given ?? besideNames(file);
  const reading = given === undefined ? readIfThere : read;
  const [record, proof] = [await reading(files.record), await reading(files.proof)];
  if (record !== undefined && proof !== undefined)
    return verifyRecorded({ record, proof, files }, found, keys, nodeCrypto);
  const missing = [...(record ? [] : [files.record]), ...(proof ? [] : [files.proof])];
  return { missing: missing.map((path) => basename(path)) };
}

type Command = (files: string[], options: Options) => Promise<Said>;

// A map: a plain object has members that are no commands.
const COMMANDS = new Map<string, Command>(Object.entries({ record, checkpoint, pack, ledger }));

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [command = '', ...files] = positionals;
    if (values.help === true) {
      process.stdout.write(USAGE);
      return 0;
    }
    const run = COMMANDS.get(command);
    if (command === '') usage('which command? record, checkpoint, pack or ledger');
    if (run === undefined) usage(`unknown command ${JSON.stringify(command)}`);
    const policy = values.policy === undefined ? undefined : await readPolicy(values.policy);
    const given = await Promise.all((values.vkey ?? []).map(readKey));
    const keys = [...given, ...(policy?.logs ?? []), ...(policy?.witnesses ?? [])];
    if (given.length === 0 && (policy?.logs ?? []).length === 0)
      usage('--vkey is missing, or a --policy with a log: without a key that you trust, nothing is shown');
    const options: Options = {
      keys,
      policy,
      known: await Promise.all((values.known ?? []).map(async (file) => (await read(file)).toString())),
      origin: values.origin === undefined ? {} : { origin: values.origin },
      beside: besideOf(values.record, values.proof),
      log: values.log === undefined ? () => undefined : folderSource(values.log),
      hashesOnly: values['hashes-only'] === true,
    };
    const said = await run(files, options);
    for (const line of said) print(line);
    return said.incomplete === true ? 3 : 0;
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    const place = formatLocation(error.location);
    process.stderr.write(
      `${error.code}${place === '' ? '' : ` in ${printable(place)}`}: ${printable(error.message)}\n`,
    );
    if (error.hint !== undefined) process.stderr.write(`next: ${printable(error.hint)}\n`);
    return error.kind === 'usage' && error.code !== 'RECORD_INVALID' && error.code !== 'RECORD_NOT_CANONICAL'
      ? 2
      : 1;
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        vkey: { type: 'string', multiple: true },
        known: { type: 'string', multiple: true },
        policy: { type: 'string' },
        origin: { type: 'string' },
        log: { type: 'string' },
        record: { type: 'string' },
        proof: { type: 'string' },
        'hashes-only': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

function besideOf(record: string | undefined, proof: string | undefined): Options['beside'] {
  if (record !== undefined && proof !== undefined) return { record, proof };
  if (record === undefined && proof === undefined) return undefined;
  return usage('--record and --proof go together: one shows nothing without the other');
}

async function readKey(text: string): Promise<VerifierKey> {
  const line = /^[^+\s]+\+[0-9a-f]{8}\+/.test(text) ? text : (await read(text)).toString();
  return parseVkey(nodeCrypto.sha256, line);
}

async function readPolicy(file: string): Promise<TrustPolicy> {
  return parseTrustPolicy(nodeCrypto.sha256, await read(file));
}

/** A record is often saved with one newline behind it; canonical JSON never ends with one. */
function withoutNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

function folderSource(folder: string): LogSource {
  return (path) => readIfThere(join(folder, path));
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause))) return undefined;
    throw new ExhibitError('INPUT_UNREADABLE', `cannot be read (${systemCode(cause)})`, {
      cause,
      location: { file: path },
    });
  }
}

async function read(path: string): Promise<Buffer> {
  const bytes = await readIfThere(path);
  if (bytes === undefined)
    throw new ExhibitError('NOT_FOUND', 'there is no such file', { location: { file: path } });
  return bytes;
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error';
}

function operands(files: string[], count: 1): [string];
function operands(files: string[], count: 2): [string, string];
function operands(files: string[], count: number): string[] {
  if (files.length !== count) usage(`expected ${count} file arguments, not ${files.length}`);
  return files;
}

/** A line of the answer: whole in a pipe, at a terminal folded between words, moved in below its label. */
function print(line: string): void {
  const { isTTY, columns = 80 } = process.stdout;
  const lines = [''];
  for (const word of printable(line).split(/(?= )/)) {
    const last = lines.length - 1;
    if (isTTY && `${lines[last]}${word}`.length > columns) lines.push(`          ${word}`);
    else lines[last] += word;
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Names in notes are attacker-controlled: nothing in them may move the cursor or turn the writing around. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

function usage(message: string): never {
  throw new ExhibitError('USAGE', message, { hint: 'See: node exhibit-verify.mjs --help' });
}

/** A full disk, a pipe that nobody reads: without its answer the exit code must not say that something holds. */
let unwritten = false;
process.stdout.on('error', (error) => {
  if (!unwritten) process.stderr.write(`the answer could not be written: ${systemCode(error)}\n`);
  unwritten = true;
  process.exitCode = 3;
});

const code = await main(process.argv.slice(2));
if (!unwritten) process.exitCode = code;
