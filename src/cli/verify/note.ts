import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError, isExhibitError, toHex } from '../../record/index.ts';
import {
  formatLevel,
  levelOf,
  openCheckpoint,
  parseTrustPolicy,
  parseVkey,
  readEntry,
  requireQuorum,
  type SignedCheckpoint,
  type TrustPolicy,
  type VerifierKey,
  verifyProof,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';
import { printable, wrap } from '../terminal/text.ts';
import { readGiven } from './given.ts';

export interface NoteFlags {
  vkey: readonly string[];
  /** File with a trust policy. */
  policy?: string;
}

const sha256 = (data: Uint8Array) => hash('sha256', data, 'buffer');

/** Checks one record against its proof and the checkpoint in it. */
export async function record(
  recordFile: string,
  proofFile: string,
  flags: NoteFlags,
  context: Context,
): Promise<ExitCode> {
  const { keys, policy } = trusted(flags, context);
  return answer(context, keys, () => {
    const bytes = withoutNewline(readGiven(resolve(context.cwd, recordFile)));
    const found = verifyProof(bytes, readGiven(resolve(context.cwd, proofFile)), keys, nodeCrypto);
    // A leaf of the log that is no record proves nothing of what stands in it.
    const { record_type, recorded_at } = readEntry(bytes);
    return [
      ['record', `index ${found.index} of ${found.checkpoint.size}`],
      ['is', `a ${record_type}, recorded at ${recorded_at}`],
      ['leaf hash', toHex(found.leafHash)],
      ...describe(found.checkpoint, keys, policy),
    ];
  });
}

/** Checks the signatures of a checkpoint. */
export async function checkpoint(file: string, flags: NoteFlags, context: Context): Promise<ExitCode> {
  const { keys, policy } = trusted(flags, context);
  return answer(context, keys, () =>
    describe(openCheckpoint(readGiven(resolve(context.cwd, file)), keys, nodeCrypto), keys, policy),
  );
}

function answer({ stdout }: Context, keys: readonly VerifierKey[], work: () => string[][]): ExitCode {
  try {
    const width = Math.min(stdout.columns, 100);
    const lines = work().flatMap(([label = '', value = '']) => {
      const [first = '', ...rest] = wrap(printable(value), Math.max(40, width - 11));
      return [`${label.padEnd(11)}${first}`, ...rest.map((line) => ' '.repeat(11) + line)];
    });
    stdout.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!isExhibitError(error) || error.code === 'NOT_FOUND') throw error;
    if (Array.isArray(error.details.signed_by))
      return cannotTell(error.details.signed_by.map(String), keys, stdout);
    stdout.write(`DOES NOT HOLD  ${error.code}\n${sentence(`  ${error.message}`, stdout)}`);
    return EXIT.violation;
  }
}

/** None of the keys is the signer's: that says nothing about the record, neither good nor bad. */
function cannotTell(
  signers: readonly string[],
  keys: readonly VerifierKey[],
  stdout: Context['stdout'],
): ExitCode {
  const given = keys.map(({ name, id }) => `${name}+${id}`).join(', ');
  stdout.write(
    [
      'CANNOT TELL\n',
      sentence(`  signed by  ${signers.join(', ')}`, stdout),
      sentence(`  key given  ${given}`, stdout),
      sentence(
        '  next: give the key that signed it, from a place that you trust. A key that was replaced lies in keys/ of the evidence folder.',
        stdout,
      ),
    ].join(''),
  );
  return EXIT.incomplete;
}

function describe(
  opened: SignedCheckpoint,
  keys: readonly VerifierKey[],
  policy: TrustPolicy | undefined,
): string[][] {
  if (policy !== undefined) requireQuorum(policy, opened);
  return [
    ['log', opened.origin],
    ['size', String(opened.size)],
    ['root', toHex(opened.root)],
    ['level', formatLevel(levelOf(opened, keys, policy))],
    // One proof cannot know of a later handover.
    [
      'not shown',
      `whether the log had a newer key by size ${opened.size}: \`exhibit verify ledger\` shows it`,
    ],
  ];
}

function trusted(
  { vkey, policy: file }: NoteFlags,
  context: Context,
): { keys: VerifierKey[]; policy: TrustPolicy | undefined } {
  const policy = file === undefined ? undefined : readPolicy(file, context);
  if (vkey.length + (policy?.logs.length ?? 0) === 0) {
    throw new ExhibitError(
      'USAGE',
      '--vkey is missing, or a --policy with a log: without a key that you trust, nothing is shown',
      {
        hint: 'The public key is printed by exhibit ledger init and lies in keys/ of the evidence folder. Take it from a place that you trust.',
      },
    );
  }
  const given = vkey.map((value) => {
    const path = resolve(context.cwd, value);
    return parseVkey(sha256, existsSync(path) ? readGiven(path).toString('utf8').trim() : value);
  });
  return { keys: [...given, ...(policy?.logs ?? []), ...(policy?.witnesses ?? [])], policy };
}

/** The trust policy in a file. */
export function readPolicy(file: string, context: Context): TrustPolicy {
  return parseTrustPolicy(sha256, readGiven(resolve(context.cwd, file)));
}

/** An editor or a shell may add one line break; a record never ends in one. */
function withoutNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}
