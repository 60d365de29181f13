import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhibit, ROOT, temporary } from './workshop.ts';

interface Printed {
  frameworks: {
    total: number;
    automated: number;
    manual: number;
    not_mapped: number;
    controls: { control: string; coverage: string }[];
  }[];
}

describe('exhibit policy coverage', () => {
  it.each([
    ['soc2', 61],
    ['iso27001', 123],
    ['nis2', 70],
    ['eu-ai-act', 47],
  ])('says of %s what is automated, manual and not mapped of %i, in 80 columns', (framework, total) => {
    const asked = ['policy', 'coverage', 'policies', '--framework', framework, '--on', '2026-11-30'];
    // The same library each time: what opa said of it is kept.
    const env = { EXHIBIT_BUILD_CACHE: 'on' };
    const text = exhibit(asked, { env });
    const json = exhibit([...asked, '-o', 'json'], { env });
    expect([text.code, json.code]).toEqual([0, 0]);
    const [counts, ...others] = (JSON.parse(json.stdout) as Printed).frameworks;
    expect(others).toEqual([]);
    const { automated = 0, manual = 0, not_mapped = 0, controls } = counts ?? {};
    expect(automated + manual + not_mapped).toBe(total);
    const lines = text.stdout.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^ {2}automated +${automated} of ${total}$`)),
        expect.stringMatching(new RegExp(`^ {2}manual +${manual} of ${total}$`)),
        expect.stringMatching(new RegExp(`^ {2}not mapped +${not_mapped} of ${total}$`)),
        `${total - automated} of ${total} controls have no automated evidence.`,
      ]),
    );
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // The summary names each control without evidence, and how to see the rest.
    expect(lines.length).toBeLessThan(50);
    expect(lines.at(-2)).toBe(
      `  exhibit policy coverage policies --framework ${framework} --on 2026-11-30 --all`,
    );
    const ids = (label: string) =>
      (new RegExp(`^${label} \\((\\d+)\\): ((?:.|\\n  )+)$`, 'm').exec(text.stdout)?.[2] ?? '')
        .split(/,\s+/)
        .filter((id) => id !== '');
    const of = (coverage: string) =>
      (controls ?? [])
        .filter((one) => one.coverage === coverage)
        .map(({ control }) => control.slice(framework.length + 1));
    expect(ids('not mapped')).toEqual(of('not_mapped'));
    expect(ids('manual')).toEqual(of('manual'));
    const all = exhibit([...asked, '--all']).stdout.split('\n');
    expect(all.filter((line) => line.length > 80)).toEqual([]);
    for (const { control } of controls ?? [])
      expect(all.filter((line) => line.startsWith(`${control.slice(framework.length + 1)}  `))).toHaveLength(
        1,
      );
    const page = readFileSync(join(ROOT, 'docs/reference/frameworks.md'), 'utf8');
    expect(page).toContain(`| \`${framework}\` | ${total} |`);
  });

  it('is not complete where a file of the map cannot be read, and says so', () => {
    const folder = temporary('coverage');
    cpSync(join(ROOT, 'policies'), folder, { recursive: true });
    writeFileSync(
      join(folder, 'controls', 'broken.yaml'),
      'links:\n  - {policy_id: a/b, control: soc2/cc6.1}\n',
    );
    const ended = exhibit(['policy', 'coverage', folder, '--framework', 'soc2']);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('controls/broken.yaml:2');
    expect(ended.stdout).toContain('of 61 controls have no automated evidence');
  });

  it('names the frameworks that there are, and refuses what is no day', () => {
    const unknown = exhibit(['policy', 'coverage', 'policies', '--framework', 'soc3']);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain('eu-ai-act, iso27001, nis2, soc2');
    expect(exhibit(['policy', 'coverage', 'policies', '--on', '2026-02-30']).code).toBe(2);
  });
});
