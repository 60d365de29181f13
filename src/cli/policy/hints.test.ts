import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findOpa } from '../../policy/index.ts';
import { Machine } from '../testing/program.ts';

const machine = new Machine('2026-11-26T12:00:00Z');
const FOLDER = 'my policies';
const WORD = "'my policies'";

describe('what a command says to do next can be pasted', () => {
  let said = '';
  beforeAll(async () => {
    machine.env.EXHIBIT_OPA = await findOpa(machine.env).then(({ path }) => path);
    said = (await machine.run('init', FOLDER)).stderr;
  });

  it('init', () => {
    expect(said).toContain(`  cd ${WORD} && git init && git add . && git commit -m "Policies"\n`);
    expect(said).toContain(`  exhibit init ${WORD} --with kyverno\n`);
  });

  it('of a folder that is no policy repository', async () => {
    const { code, stderr } = await machine.run('policy', 'list', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toContain('`exhibit init nowhere`');
    expect((await machine.run('policy', 'show', 'nosuch-at-all-no', FOLDER)).stderr).toContain(
      `next: exhibit policy list ${WORD} shows them all.`,
    );
  });

  it('sign and verify without a bundle', async () => {
    for (const verb of ['sign', 'verify']) {
      const named = await machine.run('policy', verb, FOLDER);
      expect(named.code).toBe(2);
      expect(named.stderr).toContain(`  next: Make it with: exhibit policy build ${WORD}\n`);
    }
    const other = await machine.run('policy', 'sign', FOLDER, '--bundle', 'out/b.tar.gz');
    expect(other.stderr).toContain(`exhibit policy build ${WORD} --bundle out/b.tar.gz`);
  });

  it('sign makes no key where there is nothing to sign', async () => {
    const keys = join(machine.folder, FOLDER, '.exhibit', 'keys');
    expect((await machine.run('policy', 'sign', FOLDER)).code).toBe(2);
    writeFileSync(join(machine.folder, 'empty.tar.gz'), '');
    writeFileSync(join(machine.folder, 'text.tar.gz'), 'no bundle');
    for (const bundle of ['empty.tar.gz', 'text.tar.gz', '.']) {
      const { code, stdout } = await machine.run('policy', 'sign', FOLDER, '--bundle', bundle);
      expect({ failed: code !== 0, stdout }).toEqual({ failed: true, stdout: '' });
    }
    expect(
      (await machine.run('policy', 'sign', FOLDER, '--bundle', 'text.tar.gz', '--valid-days', '7')).code,
    ).not.toBe(0);
    expect(existsSync(keys)).toBe(false);
  });

  it('build', async () => {
    const cwd = join(machine.folder, FOLDER);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'policies');
    const usual = await machine.run('policy', 'build', FOLDER);
    expect(usual.code).toBe(0);
    expect(usual.stderr).toContain(`next: exhibit policy sign ${WORD}\n`);
    const named = await machine.run('policy', 'build', FOLDER, '--bundle', 'out/b.tar.gz');
    expect(named.stderr).toContain(`next: exhibit policy sign ${WORD} --bundle out/b.tar.gz\n`);
  }, 60_000);

  it('check without a bundle, and with one beside which a key lies', async () => {
    writeFileSync(join(machine.folder, 'x.yaml'), 'a: 1\n');
    const absent = await machine.run('check', 'x.yaml', '--bundle', 'nowhere/.exhibit/bundle.tar.gz');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('`exhibit policy build nowhere/` and `exhibit policy sign nowhere/`');
    const signed = await machine.run('policy', 'sign', FOLDER);
    expect(signed.code).toBe(0);
    expect(signed.stderr).toBe('no key to sign with is there yet; one is made now:\n');
    const bundle = join(FOLDER, '.exhibit', 'bundle.tar.gz');
    const key = join(machine.folder, FOLDER, '.exhibit', 'keys', 'bundle.pub.pem');
    const check = await machine.run('check', 'x.yaml', '--bundle', bundle);
    expect(check.code).toBe(2);
    const said = check.stderr.replace(/\s+/g, ' ');
    expect(said).toContain('a key that comes with a bundle proves nothing');
    expect(said).toContain(`--bundle-key '${key}'`);
    const verify = await machine.run('policy', 'verify', '--bundle', bundle);
    expect(verify.code).toBe(2);
    expect(verify.stderr.replace(/\s+/g, ' ')).toContain(`name it: --key '${key}'`);
  });

  it('a ledger that is not there', async () => {
    const { stderr } = await machine.run('ledger', 'status', 'evidence');
    expect(stderr).toContain(`exhibit ledger init ${join(machine.folder, 'evidence')}`);
  });
});
