import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine } from '../testing/program.ts';

const POLICIES = join(import.meta.dirname, '..', '..', '..', 'policies');

interface Manifest {
  policies: unknown[];
  left_out: { policy: string; reason: string }[];
}

describe('exhibit policy export', { timeout: 60_000 }, () => {
  const machine = new Machine('2026-11-26T12:00:00Z');
  machine.terminal = 80;

  it('counts what is not in it by reason, names the first few, and says where all stand', async () => {
    const asked = ['policy', 'export', 'gatekeeper', POLICIES, '--out', 'gk'];
    const short = await machine.run(...asked);
    expect(short.code).toBe(0);
    const manifest = JSON.parse(
      readFileSync(join(machine.folder, 'gk', 'exhibit-export.json'), 'utf8'),
    ) as Manifest;
    const { left_out } = manifest;
    expect(left_out.length).toBeGreaterThan(20);
    expect(short.stdout).toContain(
      `not in it, ${left_out.length} of ${left_out.length + manifest.policies.length} policies:\n`,
    );
    const lines = short.stdout.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // A reason and a few names each; without the cut it would be a line for each of them.
    expect(lines.length).toBeLessThan(left_out.length);
    expect(short.stdout).toContain('all by name: --verbose, or left_out in gk/exhibit-export.json');
    // Whatever is not named is counted.
    const flat = short.stdout.replace(/\s+/g, ' ');
    for (const [reason, group] of Map.groupBy(left_out, (one) => one.reason)) {
      expect(flat).toContain(` ${group.length}: ${reason}: ${group[0]?.policy}`);
      if (group.length > 4) expect(flat).toContain(`${group[2]?.policy} and ${group.length - 3} more`);
      else for (const { policy } of group) expect(flat).toContain(policy);
    }
    const all = (await machine.run(...asked, '--verbose')).stdout;
    for (const { policy } of left_out) expect(all).toContain(policy);
    expect(all).not.toContain(' more');
    expect(all).not.toContain('--verbose');
    writeFileSync(join(machine.folder, 'gk', 'more.yaml'), 'a: 1\n');
    const stale = await machine.run(...asked, '--check');
    expect(stale.code).toBe(1);
    expect(stale.stdout.replace(/\s+/g, ' ')).toContain(
      `exhibit policy export gatekeeper ${POLICIES} --out gk`,
    );
  });
});
