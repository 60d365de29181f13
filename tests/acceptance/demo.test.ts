import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhibit, temporary } from './workshop.ts';

describe('exhibit demo', () => {
  it('tells its story in at most 78 lines of 80 columns and leaves a folder that can be checked', {
    timeout: 300_000,
  }, () => {
    const folder = join(temporary('demo'), 'out');
    const { code, stdout, stderr } = exhibit(['demo', folder]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(78);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    // What to do next, as it is typed there.
    expect(stdout).toMatch(
      /in its portal, at http:\/\/127\.0\.0\.1:8380\/portal\/\n {2}node bin\/exhibit\.js demo --serve\n$/,
    );
    // The same input: waived until the sunset, denied one second after it.
    const day = (name: string) => new RegExp(`^${name}[^\\n]*\\n((?: .*\\n)+)`, 'm').exec(stdout)?.[1];
    expect(day('Tuesday')).toMatch(/exit 0: 1 waived/);
    expect(stdout).toContain('Thursday, one second after the sunset: the same input');
    expect(day('Thursday')).toMatch(/exit 1: 0 waived, [1-9]\d* fail/);
    expect(stdout).toMatch(/✓ \d+ of \d+ tests pass/);
    // The same policies at admission, of what never passed the gate.
    expect(day('The same day')).toMatch(/the webhook denies: 4 policies[\s\S]*container-not-privileged/);
    expect(day('Friday')).toContain('admitted to the cluster');
    // What was admitted drifts: the field, the owner, and the end.
    expect(day('Friday afternoon')).toMatch(
      /securityContext\/privileged\n[\s\S]*team-shop[\s\S]*closed by the pass/,
    );
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    // Wednesday: nothing ran, and the picture says so for each control.
    expect(page).toContain('soc2/cc6.1, 2026-11-18: no evidence');
    expect(page).toContain('soc2/cc6.1, 2026-11-17: failed, waived by an override');
    expect(page).toContain('soc2/cc6.1, 2026-11-19: failed');
    expect(page).toContain('SHOP-417');
    expect(
      existsSync(
        join(
          folder,
          'evidence',
          'evidence',
          'soc2',
          'cc6.1',
          'year=2026',
          'month=11',
          'day=16',
          'evidence.parquet',
        ),
      ),
    ).toBe(true);
    expect(day('An audit is opened')).toMatch(
      /✓ \d+ controls answered[\s\S]*each byte accounted for[\s\S]*one bit of it changed is found/,
    );
    const pack = exhibit(['verify', 'pack', 'soc2.zip', '--vkey', 'log.vkey'], { cwd: folder });
    expect(`${pack.code} ${pack.stdout}`).toMatch(/^0 pack +holds/);
    const again = exhibit(['verify', 'record', 'record.json', 'record.tlog-proof', '--vkey', 'log.vkey'], {
      cwd: folder,
    });
    expect(again.code).toBe(0);
    expect(exhibit(['lake', 'verify', 'evidence'], { cwd: folder }).code).toBe(0);
  });

  it('does not touch a folder that it did not make', () => {
    const folder = join(temporary('demo'), 'mine');
    mkdirSync(folder);
    expect(exhibit(['demo', folder]).code).toBe(2);
    expect(existsSync(join(folder, 'index.html'))).toBe(false);
  });
});
