import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../../verify/testing/authority.ts';
import { type RunningWitness, startWitness } from '../../../witness/index.ts';
import { type ThreeDays, threeDays } from '../../engagement/testing/three-days.ts';

/** A pack of a log with time stamps of a real authority and cosignatures of real witnesses, and what else somebody may believe in. */
export interface AnchoredPack {
  days: ThreeDays;
  id: string;
  /** The folder with `pack.zip`, `log.vkey`, `w1.vkey`, `w2.vkey`, `stranger.vkey`, `tsa.pem` and `other.pem`. */
  folder: string;
  authority: Authority;
  run(...args: string[]): ReturnType<ThreeDays['run']>;
  remove(): Promise<void>;
}

/** Stamped once after the period, co-signed by two witnesses then, grown and stamped once more. */
export async function anchoredPack(): Promise<AnchoredPack> {
  const days = await threeDays();
  const { machine } = days;
  const id = await days.open();
  const at = (name: string) => join(machine.folder, name);
  const authority = new Authority('ec');
  const other = new Authority('rsa');
  const witnesses: RunningWitness[] = [];
  const must = async (...args: string[]) => {
    const ended = await machine.run(...args);
    if (ended.code !== 0) throw new Error(`${args.slice(0, 2).join(' ')}: ${ended.code} ${ended.stderr}`);
  };
  // The authority has the clock of the machine that the tests run on.
  machine.now = Date.now();
  writeFileSync(at('tsa.pem'), authority.root);
  writeFileSync(at('other.pem'), other.root);
  await other.close();
  copyFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), at('log.vkey'));
  const url = await authority.listen();
  const stamp = () => must('ledger', 'timestamp', days.folder, '--tsa', url, '--tsa-root', 'tsa.pem');
  await stamp();
  const flags: string[] = [];
  for (const name of ['w1', 'w2', 'stranger']) {
    await must('witness', 'init', name, '--name', `${name}.example.org`);
    copyFileSync(at(`${name}/keys/ed25519.vkey`), at(`${name}.vkey`));
    if (name === 'stranger') continue;
    await must('witness', 'add', name, 'log.vkey');
    const running = await startWitness({
      ...{ folder: at(name), host: '127.0.0.1', port: 0 },
      clock: () => machine.now,
      log: () => undefined,
    });
    witnesses.push(running);
    flags.push('--witness', `${running.url}=${name}.vkey`);
  }
  await must('ledger', 'witness', days.folder, ...flags);
  await must('engagement', 'request', id, 'Who approved OV-1?', '--evidence', days.folder);
  await stamp();
  await must('pack', id, '--evidence', days.folder, '--out', 'pack.zip');
  return {
    ...{ days, id, folder: machine.folder, authority },
    run: (...args) => machine.run(...args),
    async remove() {
      for (const witness of witnesses) await witness.stop();
      await authority.close();
      await days.remove();
    },
  };
}
