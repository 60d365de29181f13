import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from './opa-run.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const UNIT = readFileSync(join(ROOT, 'deploy/systemd/exhibit-server.service'), 'utf8');
const IMAGE = readFileSync(join(ROOT, 'deploy/container/Containerfile'), 'utf8');

/** Lines `KEY=value` of a unit, the last one of a key. */
const unit = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(UNIT)?.[1] ?? '';
/** What follows an instruction of the file of an image. */
const image = (instruction: string) => new RegExp(`^${instruction} (.*)$`, 'm').exec(IMAGE)?.[1] ?? '';
const variables = (text: string) =>
  Object.fromEntries(text.split(' ').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));

/** A folder with the program under its name, an evidence folder and settings. */
async function place() {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-deploy-'));
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'bin', 'exhibit');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'bin/exhibit.js')} "$@"\n`);
  chmodSync(program, 0o755);
  const evidence = join(folder, 'evidence');
  const init = spawnSync(program, ['ledger', 'init', evidence, '--origin', 'deploy.example/log']);
  expect(init.status).toBe(0);
  const port = await freePort();
  const settings = join(folder, 'server.yaml');
  writeFileSync(settings, `evidence: ${evidence}\nlisten: {host: 127.0.0.1, port: ${port}}\n`);
  return { folder, program, settings, url: `http://127.0.0.1:${port}` };
}

/** Starts the server as a deployment does, waits until it is ready, and stops it. @returns how it ended */
async function runs(
  command: readonly string[],
  environment: Record<string, string>,
  stop: NodeJS.Signals,
  url: string,
) {
  const [program = '', ...args] = command;
  const { PATH = '' } = process.env;
  const child = spawn(program, args, { env: { PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (piece) => {
    said += piece;
  });
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let ready = false;
  for (let tries = 0; tries < 200 && !ready && child.exitCode === null; tries += 1) {
    await sleep(100);
    ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
  child.kill(stop);
  const started = performance.now();
  const code = await ended;
  return { ready, code, seconds: (performance.now() - started) / 1000, said };
}

const missing = spawnSync('systemd-analyze', ['--version']).status !== 0;
if (missing && process.env.CI === 'true') throw new Error('systemd-analyze was not found');

describe('the unit of systemd', () => {
  it.skipIf(missing)(
    missing ? 'is one (skipped: no systemd-analyze found)' : 'is taken by systemd without a word',
    async () => {
      const { folder, program } = await place();
      const file = join(folder, 'exhibit-server.service');
      writeFileSync(file, UNIT.replace('/usr/local/bin/exhibit', program));
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      // 0 is closed, 10 is open; systemd itself calls less than 4 "OK".
      const security = ['security', '--offline=true', '--threshold=40', file];
      expect(spawnSync('systemd-analyze', security).status).toBe(0);
    },
  );

  it('starts the server by its command and environment, which ends by its signal in its time', async () => {
    const { folder, program, settings, url } = await place();
    const command = unit('ExecStart')
      .replace('/usr/local/bin/exhibit', program)
      .replace('/etc/exhibit/server.yaml', settings)
      .split(' ');
    const environment = variables(unit('Environment').replace('/var/lib/exhibit', folder));
    const ended = await runs(command, environment, unit('KillSignal') as NodeJS.Signals, url);
    expect(ended).toMatchObject({ ready: true, code: 0 });
    expect(ended.seconds).toBeLessThan(Number(unit('TimeoutStopSec')));
  });
});

describe('the file of an image', () => {
  it('starts the server by its command and environment, which ends by its signal', async () => {
    const { folder, program, settings, url } = await place();
    const words = (text: string) => JSON.parse(text) as string[];
    const [name = '', ...entry] = words(image('ENTRYPOINT'));
    expect(name).toBe('exhibit');
    const rest = words(image('CMD')).map((word) => word.replace('/etc/exhibit/server.yaml', settings));
    const environment = variables(image('ENV').replace('/var/lib/exhibit', folder));
    const ended = await runs(
      [program, ...entry, ...rest],
      environment,
      image('STOPSIGNAL') as NodeJS.Signals,
      url,
    );
    expect(ended).toMatchObject({ ready: true, code: 0 });
  });

  it('has a Node that the package asks for', () => {
    const asked = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    const least = Number(/(\d+)\./.exec(asked.engines.node)?.[1]);
    expect(Number(/node:(\d+)/.exec(image('FROM'))?.[1])).toBeGreaterThanOrEqual(least);
  });
});
