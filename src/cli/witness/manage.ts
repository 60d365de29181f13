import { ExhibitError, formatInstant } from '../../record/index.ts';
import { type CosignatureType, formatVkey, parseVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { initWitness, openState, readWitness, type WitnessState } from '../../witness/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { textOrFile } from './vkey.ts';

const KINDS = new Map<string, readonly CosignatureType[]>([
  ['ed25519', ['cosignature']],
  ['ml-dsa-44', ['ml-dsa-44']],
  ['both', ['cosignature', 'ml-dsa-44']],
]);

/** Makes a witness. */
export async function init(
  folder: string,
  { name, key }: { name: string; key: string },
  { random, stdout, stderr }: Context,
): Promise<ExitCode> {
  const types = KINDS.get(key);
  if (types === undefined)
    throw new ExhibitError(
      'USAGE',
      `--key ${JSON.stringify(key)} is none of ${[...KINDS.keys()].join(', ')}`,
    );
  const vkeys = await initWitness(folder, { name, types, random });
  stdout.write(
    table([['witness', folder], ['name', name], ...vkeys.map((vkey) => ['public key', vkey])], stdout),
  );
  stderr.write(
    sentence(
      'Give the public key to those who read the evidence, and to the operator of the log. Never restore this folder from a copy: a witness that forgets can be shown another history.',
      stderr,
    ),
  );
  return EXIT.ok;
}

/** Lets a log come to the witness. */
export async function add(
  folder: string,
  given: string,
  flags: { origin?: string; only?: boolean },
  context: Context,
): Promise<ExitCode> {
  await readWitness(folder);
  const key = parseVkey(nodeCrypto.sha256, textOrFile(given, context));
  if (key.type !== 'ed25519')
    throw new ExhibitError('LEDGER_KEY', `${key.name} is the key of a witness, not of a log`);
  const origin = flags.origin ?? key.name;
  const state = openState(folder);
  try {
    state.addKey(origin, formatVkey(key), flags.only === true);
    const log = state.log(origin);
    context.stdout.write(
      table(
        [
          ['log', origin],
          ['keys', (log?.vkeys ?? []).map((vkey) => parseVkey(nodeCrypto.sha256, vkey).id).join(', ')],
          ['co-signed', coSigned(log?.size ?? 0, log?.note)],
        ],
        context.stdout,
      ),
    );
    return EXIT.ok;
  } finally {
    state.close();
  }
}

/** What the witness knows. Exit 1 where it has proof that a log signed two histories. */
export async function show(folder: string, json: boolean, { stdout }: Context): Promise<ExitCode> {
  const { name, signers } = await readWitness(folder);
  const state = openState(folder);
  try {
    const vkeys = signers.map(({ key }) => formatVkey(key));
    const forks = state.suspects().filter(({ kind }) => kind === 'fork').length;
    if (json) {
      const [logs, suspects, more] = [state.logs(), state.suspects(), state.uncounted()];
      stdout.write(
        `${inertJson({ schemaVersion: 1, name, vkeys, logs, suspects, suspects_not_kept: more }, 2)}\n`,
      );
    } else stdout.write(`${page(name, vkeys, state, stdout)}\n`);
    return forks > 0 ? EXIT.violation : EXIT.ok;
  } finally {
    state.close();
  }
}

function page(
  name: string,
  vkeys: readonly string[],
  state: WitnessState,
  stdout: Context['stdout'],
): string {
  const logs = state
    .logs()
    .map(({ origin, size, note, at, vkeys: keys }) => [
      'log',
      `${printable(origin)}: ${coSigned(size, note, at)}; ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`,
    ]);
  const suspects = state
    .suspects()
    .map(({ origin, size, root, kind, at }) => [
      kind === 'fork' ? 'FORK' : 'SUSPECT',
      `${printable(origin)}: signed size ${size} with root ${root}, which ${
        kind === 'fork'
          ? 'another checkpoint of this size contradicts'
          : 'was not shown to go on from what was known'
      }; seen ${formatInstant(at)}`,
    ]);
  const more = state.uncounted();
  return table(
    [
      ['witness', printable(name)],
      ...vkeys.map((vkey) => ['public key', vkey]),
      ...(logs.length === 0 ? [['logs', 'none yet: exhibit witness add']] : logs),
      ...suspects,
      ...(suspects.length > 0 ? [['', 'both checkpoints of each: --json']] : []),
      ...(more > 0 ? [['', `and ${more} more suspects that were not kept`]] : []),
    ],
    stdout,
  ).trimEnd();
}

function coSigned(size: number, note: string | undefined, at?: number): string {
  if (note === undefined) return 'nothing co-signed yet';
  return `co-signed up to size ${size}${at === undefined ? '' : ` at ${formatInstant(at)}`}`;
}
