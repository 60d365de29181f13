import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError, isExhibitError, toHex } from '../../record/index.ts';
import {
  formatLevel,
  levelOf,
  openCheckpoint,
  parseVkey,
  readEntry,
  type SignedCheckpoint,
  type VerifierKey,
  verifyProof,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';
import { printable, wrap } from '../terminal/text.ts';

/** Checks one record against its proof and the checkpoint in it. */
export async function record(
  recordFile: string,
  proofFile: string,
  vkeys: readonly string[],
  context: Context,
): Promise<ExitCode> {
  const keys = parseKeys(vkeys, context);
  return answer(context, keys, () => {
    const bytes = withoutNewline(read(resolve(context.cwd, recordFile)));
    const found = verifyProof(bytes, read(resolve(context.cwd, proofFile)), keys, nodeCrypto);
    // A leaf of the log that is no record proves nothing of what stands in it.
    const { record_type, recorded_at } = readEntry(bytes);
    return [
      ['record', `index ${found.index} of ${found.checkpoint.size}`],
      ['is', `a ${record_type}, recorded at ${recorded_at}`],
      ['leaf hash', toHex(found.leafHash)],
      ...describe(found.checkpoint, keys),
    ];
  });
}

/** Checks the signatures of a checkpoint. */
export async function checkpoint(
  file: string,
  vkeys: readonly string[],
  context: Context,
): Promise<ExitCode> {
  const keys = parseKeys(vkeys, context);
  return answer(context, keys, () =>
    describe(openCheckpoint(read(resolve(context.cwd, file)), keys, nodeCrypto), keys),
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

function describe(opened: SignedCheckpoint, keys: readonly VerifierKey[]): string[][] {
  return [
    ['log', opened.origin],
    ['size', String(opened.size)],
    ['root', toHex(opened.root)],
    ['level', formatLevel(levelOf(opened, keys))],
    // One proof cannot know of a later handover.
    [
      'not shown',
      `whether the log had a newer key by size ${opened.size}: \`exhibit verify ledger\` shows it`,
    ],
  ];
}

function parseKeys(values: readonly string[], context: Context): VerifierKey[] {
  if (values.length === 0) {
    throw new ExhibitError('USAGE', '--vkey is missing: without a key that you trust, nothing is shown', {
      hint: 'The public key is printed by exhibit ledger init and lies in keys/ of the evidence folder. Take it from a place that you trust.',
    });
  }
  const sha256 = (data: Uint8Array) => hash('sha256', data, 'buffer');
  return values.map((value) => {
    const file = resolve(context.cwd, value);
    return parseVkey(sha256, existsSync(file) ? read(file).toString('utf8').trim() : value);
  });
}

/** An editor or a shell may add one line break; a record never ends in one. */
function withoutNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, location: { file } });
  }
}
