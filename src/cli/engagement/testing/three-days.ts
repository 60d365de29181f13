import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDay } from '../../../lake/index.ts';
import { makeFixture } from '../../../lake/testing/fixture.ts';
import { Machine } from '../../testing/program.ts';
import { engagementsSchema } from '../schema.ts';

export const SCOPE = ['--framework', 'soc2', '--from', '2026-10-01', '--to', '2026-10-03'];

/** A machine on 10 October with a ledger of 1 to 4 October, of which three days are closed. */
export interface ThreeDays {
  machine: Machine;
  folder: string;
  run(...args: string[]): ReturnType<Machine['run']>;
  /** Opens an engagement over soc2 and the three days. @returns its id */
  open(...more: string[]): Promise<string>;
  remove(): Promise<void>;
}

/**
 * A copy of the three days, on a machine of its own.
 * @param anew another log with another key, where a test wants two
 * @param origin name of that other log
 */
export async function threeDays({ anew = false, origin = 'test.example/lake' } = {}): Promise<ThreeDays> {
  const machine = new Machine('2026-10-10T12:00:00Z');
  const folder = anew ? await evidence(origin) : copyOf(await once());
  const run = (...args: string[]) => machine.run(...args, '--evidence', folder);
  return {
    ...{ machine, folder, run },
    async open(...more) {
      const given = ['--auditor', 'Ada', '--expires', '2026-12-31', ...more, '-o', 'json'];
      const { code, stdout, stderr } = await run('engagement', 'open', ...SCOPE, ...given);
      if (code !== 0 || (stderr !== '' && !stderr.startsWith('GENERATED DATA')))
        throw new Error(`${code} ${stderr}`);
      return engagementsSchema.parse(JSON.parse(stdout)).engagements[0]?.engagement ?? '';
    },
    async remove() {
      for (const one of [folder, machine.folder]) rmSync(one, { recursive: true, force: true });
    },
  };
}

let made: Promise<string> | undefined;

/** Made once in a process: it takes a second or two, and its copy next to nothing. */
function once(): Promise<string> {
  made ??= evidence('test.example/lake').then((folder) => {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  });
  return made;
}

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'exhibit-lake-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Three days of soc2/cc6.1 and soc2/cc7.2 (one day of that without evidence), with a fail that an override covers; and a control of another framework. */
async function evidence(origin: string): Promise<string> {
  const fixture = await makeFixture('2026-10-01T08:00:00.000Z', origin);
  const inForce = await fixture.announce('one', [
    ['sealed', 'soc2/cc6.1'],
    ['watched', 'soc2/cc7.2'],
    ['named', 'iso27001/a.5.9'],
  ]);
  const waived = { disposition: 'waived', override_id: 'OV-1' } as const;
  await fixture.decide(
    inForce,
    ['sealed', 'db/a', 'pass'],
    ['sealed', 'db/b', 'fail'],
    ['watched', 'db/a', 'pass'],
    ['named', 'db/a', 'fail'],
  );
  fixture.at('2026-10-02T08:00:00.000Z');
  await fixture.decide(inForce, ['sealed', 'db/b', 'fail', waived], ['sealed', 'db/a', 'pass']);
  fixture.at('2026-10-03T08:00:00.000Z');
  await fixture.decide(inForce, ['sealed', 'db/a', 'pass'], ['watched', 'db/a', 'error']);
  fixture.at('2026-10-04T08:00:00.000Z');
  await fixture.decide(inForce, ['sealed', 'db/a', 'fail'], ['watched', 'db/a', 'pass']);
  for (const day of ['2026-10-01', '2026-10-02', '2026-10-03'])
    await closeDay(fixture.ledger, day, { clock: fixture.clock });
  await fixture.ledger.close();
  return fixture.folder;
}
