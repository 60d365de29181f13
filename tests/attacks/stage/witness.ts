import { folderKeys } from '../../../src/ledger/index.ts';
import { parseVkey } from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import { initWitness, openState, type RunningWitness, startWitness } from '../../../src/witness/index.ts';
import { done } from './ask.ts';
import { clock, random } from './log.ts';
import { file, place } from './tools.ts';

export interface WitnessOfOne {
  folder: string;
  /** URL and key, as `--witness` takes them. */
  setting: string;
  /** File with a trust policy that asks for this witness. */
  policy: string;
  /** Has the folder's checkpoint co-signed. @throws Error where it was not */
  cosign(folder: string): Promise<void>;
  /** File with the checkpoint that it co-signed last. */
  newest(): string;
}

const running: RunningWitness[] = [];

/** A witness that an auditor runs for one log. */
export async function witnessFor(log: string): Promise<WitnessOfOne> {
  const folder = place('witness');
  const [vkey = ''] = await initWitness(folder, {
    name: 'witness.example.org/auditor',
    types: ['cosignature'],
    random,
  });
  const [key = ''] = await folderKeys(log);
  const { name: origin } = parseVkey(nodeCrypto.sha256, key);
  const using = <T>(use: (state: ReturnType<typeof openState>) => T): T => {
    const state = openState(folder);
    try {
      return use(state);
    } finally {
      state.close();
    }
  };
  using((state) => state.addKey(origin, key, false));
  const server = await startWitness({ folder, host: '127.0.0.1', port: 0, clock, log: () => undefined });
  running.push(server);
  const setting = `${server.url}=${vkey}`;
  return {
    folder,
    setting,
    policy: file('trust.policy', `log ${key}\nwitness auditor ${vkey}\nquorum auditor\n`),
    async cosign(ledger) {
      const words = { FOLDER: ledger, WITNESS: setting };
      await done('exhibit ledger witness FOLDER --witness WITNESS', words);
    },
    newest: () => file('checkpoint', using((state) => state.logs()[0]?.note) ?? ''),
  };
}

export async function stopWitnesses(): Promise<void> {
  for (const server of running.splice(0)) await server.stop();
}
