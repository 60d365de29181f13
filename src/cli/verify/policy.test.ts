import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatVkey, parseNote } from '../../verify/index.ts';
import { cosigner } from '../../verify/testing/cosigner.ts';
import { Machine } from '../testing/program.ts';

describe('--policy', () => {
  const machine = new Machine('2026-11-26T12:00:00Z');
  const file = (name: string) => join(machine.folder, name);
  const [one, two] = [cosigner('one.example.com', 1), cosigner('two.example.com', 2)];
  const flat = (text: string) => text.replace(/\s+/g, ' ');

  beforeAll(async () => {
    const made = await machine.run('ledger', 'init', 'evidence', '--origin', 'example.com/log');
    const vkey = /example\.com\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(made.stdout + made.stderr)?.[0];
    await machine.run('ledger', 'seal', 'evidence', '--heartbeat');
    const witnesses = `witness one ${formatVkey(one.key)}\nwitness two ${formatVkey(two.key)}\n`;
    const policy = (k: number) => `log ${vkey}\n${witnesses}group both ${k} one two\nquorum both\n`;
    writeFileSync(file('any.policy'), policy(1));
    writeFileSync(file('all.policy'), policy(2));
    const checkpoint = file('evidence/log/checkpoint');
    const { text } = parseNote(readFileSync(checkpoint));
    appendFileSync(checkpoint, one.cosign(text, 1_764_158_400));
  });

  const ways = [
    ['verify', 'checkpoint', 'evidence/log/checkpoint'],
    ['verify', 'ledger', 'evidence'],
    ['ledger', 'verify', 'evidence'],
  ];

  it.each(ways)('of one of two is reached by one: %s %s', async (...way) => {
    const { code, stdout } = await machine.run(...way, '--policy', 'any.policy');
    // 1764158400 s after 1970: `date -u -d @1764158400`
    expect(flat(stdout)).toContain(
      'witnessed by 1 of 2 (one.example.com at 2025-11-26T12:00:00.000Z); quorum both of the trust policy reached',
    );
    expect(code).toBe(0);
  });

  it.each(ways)('of both is not reached by one: %s %s', async (...way) => {
    const { code, stdout } = await machine.run(...way, '--policy', 'all.policy');
    expect(flat(stdout)).toContain('DOES NOT HOLD CHECKPOINT_INVALID');
    expect(flat(stdout)).toContain('quorum both is not reached; co-signed by one.example.com');
    expect(code).toBe(1);
  });

  it.each([
    ['any.policy', 0],
    ['all.policy', 1],
  ])('says the same in the verifier in one file: %s, exit %i', (policy, code) => {
    const verifier = fileURLToPath(new URL('../../verify/standalone.ts', import.meta.url));
    const args = [verifier, 'ledger', 'evidence', '--policy', policy];
    const ended = spawnSync(process.execPath, args, { cwd: machine.folder, encoding: 'utf8' });
    expect(ended.stdout + ended.stderr).toContain(
      code === 0 ? 'quorum both of the trust policy reached' : 'quorum both is not reached',
    );
    expect(ended.status).toBe(code);
  });

  it('does not take a cosignature of another text', async () => {
    const note = readFileSync(file('evidence/log/checkpoint'), 'utf8');
    writeFileSync(file('forged'), note + two.cosign('example.com/log\n2\n', 1));
    const { code, stdout } = await machine.run('verify', 'checkpoint', 'forged', '--policy', 'any.policy');
    expect(flat(stdout)).toContain('a signature of two.example.com');
    expect(code).toBe(1);
  });

  it('goes on: the ledger seals over a checkpoint with cosignatures', async () => {
    // What is signed already stays a fork where anything else was done than to add lines behind.
    const path = file('evidence/log/checkpoint');
    const before = readFileSync(path, 'utf8');
    const [text = '', lines = ''] = before.split('\n\n');
    writeFileSync(path, `${text}\n\n${two.cosign(`${text}\n`, 1)}${lines}`);
    expect((await machine.run('ledger', 'seal', 'evidence', '--heartbeat')).stderr).toContain('LEDGER_FORK');
    writeFileSync(path, before);
    expect((await machine.run('ledger', 'seal', 'evidence', '--heartbeat')).code).toBe(0);
    const { code, stdout } = await machine.run('ledger', 'verify', 'evidence', '--policy', 'any.policy');
    expect(flat(stdout)).toContain('co-signed by no witness of the policy');
    expect(code).toBe(1);
  });
});
