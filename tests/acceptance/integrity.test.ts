import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

let shop: Workshop;
beforeAll(() => {
  shop = workshop();
}, 120_000);

/** A machine of its own over a folder: what it remembers is not shared. */
const machine = (folder: string) => {
  const env = { EXHIBIT_STATE: join(temporary('machine'), 'state') };
  return (...args: string[]) => exhibit(args, { cwd: folder, env });
};

/** A folder with a log, and its public key. */
function log(folder: string, name: string, seals: number): string {
  const run = machine(folder);
  run('ledger', 'init', name, '--origin', 'example.com/log');
  for (let i = 0; i < seals; i += 1) run('ledger', 'seal', name, '--heartbeat');
  const key = readdirSync(join(folder, name, 'keys')).find((file) => file.endsWith('.vkey')) ?? '';
  return readFileSync(join(folder, name, 'keys', key), 'utf8').trim();
}

/** Without the line breaks of a terminal. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('what a verification remembers', () => {
  test('is not what a folder says of itself', () => {
    const folder = temporary('poison');
    const vkey = log(folder, 'genuine', 1);
    log(folder, 'forged', 3);
    const run = machine(folder);
    const poison = run('ledger', 'verify', 'forged');
    expect(poison.code).toBe(0);
    expect(flat(poison.stdout)).toContain('not who wrote it; so it is not remembered');
    const genuine = run('ledger', 'verify', 'genuine', '--vkey', vkey);
    expect({ code: genuine.code, first: genuine.stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: expect.stringMatching(/^origin/),
    });
    expect(genuine.stdout).toContain('no earlier checkpoint to compare with');
  });

  test('is what a key signed that was given, and from then on what that key signs', () => {
    const folder = temporary('remember');
    const vkey = log(folder, 'genuine', 1);
    log(folder, 'forged', 3);
    const run = machine(folder);
    expect(run('ledger', 'verify', 'genuine', '--vkey', vkey).code).toBe(0);
    const forged = run('ledger', 'verify', 'forged');
    expect(forged.code).toBe(1);
    expect(flat(forged.stdout)).toMatch(/CHECKPOINT_INVALID.*exhibit ledger forget example.com\/log/);
    machine(folder)('ledger', 'seal', 'genuine', '--heartbeat');
    for (const size of [2, 2]) {
      const again = run('ledger', 'verify', 'genuine');
      expect(again.code).toBe(0);
      expect(flat(again.stdout)).toMatch(new RegExp(`size ${size} .*contains one .*this machine: it signed`));
    }
    // Also after the key was handed over.
    expect(machine(folder)('ledger', 'rotate-key', 'genuine').code).toBe(0);
    for (const size of [3, 3]) {
      const handed = run('ledger', 'verify', 'genuine');
      expect({ code: handed.code, stdout: flat(handed.stdout) }).toEqual({
        code: 0,
        stdout: expect.stringMatching(new RegExp(`size ${size} .*contains one`)),
      });
    }
  });
});

describe('a folder with blobs', () => {
  const made = () => {
    const folder = temporary('blobs');
    const run = machine(folder);
    run('ledger', 'init', 'evidence', '--origin', 'example.com/log');
    run('check', join(ROOT, 'examples/shop/k8s-fixed/shop.yaml'), ...shop.flags, '--evidence', 'evidence');
    const root = join(folder, 'evidence', 'blobs');
    const blobs = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(blobs.length).toBeGreaterThan(1);
    return { run, blobs };
  };

  test('is read whole: what is missing or differs is named with the record', () => {
    const { run, blobs } = made();
    const whole = run('ledger', 'verify', 'evidence');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/^blobs +\d+ read, each has its digest; 0 missing; 0 differ$/m);
    expect(whole.stdout).toMatch(/^numbering +every number/m);
    const [first = '', ...others] = blobs;
    chmodSync(first, 0o644);
    writeFileSync(first, 'something else');
    const digest = first.split('/').slice(-2).join('');
    const changed = run('ledger', 'verify', 'evidence');
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(
      new RegExp(
        `^DOES NOT HOLD {2}BLOB_DIGEST\n {2}differs {2}sha256:${digest} \\(record \\d+, .+\\)$`,
        'm',
      ),
    );
    expect(JSON.parse(run('ledger', 'verify', 'evidence', '--json').stdout)).toMatchObject({
      holds: false,
      blobs: { differ: 1, problems: [{ kind: 'differs', digest: `sha256:${digest}` }] },
    });
    for (const blob of [first, ...others]) rmSync(blob);
    const gone = run('ledger', 'verify', 'evidence');
    expect(gone.code).toBe(3);
    expect(gone.stdout).toMatch(/^INCOMPLETE {2}BLOB_MISSING\n {2}missing {2}sha256:/m);
    const without = run('ledger', 'verify', 'evidence', '--no-blobs');
    expect(without.code).toBe(0);
    expect(without.stdout).toMatch(/^blobs +not looked at \(--no-blobs\)$/m);
  });
});
