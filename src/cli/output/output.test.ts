import { describe, expect, it } from 'vitest';
import type { CheckReport, CheckResult } from '../report/report.ts';
import { colors } from '../terminal/color.ts';
import { FORMATS, parseTargets } from './index.ts';

const result = (over: Partial<CheckResult>): CheckResult => ({
  policy_id: 'db-encrypted',
  rule_id: 'db-encrypted',
  controls: ['soc2/cc6.1'],
  subject: { type: 'database', id: 'aws_db_instance.main', name: 'main' },
  verdict: 'fail',
  disposition: 'enforced',
  severity: 'high',
  message: 'The storage is not encrypted.',
  fix: 'Set storage_encrypted = true.',
  file: 'infra/main.tf',
  line: 12,
  column: 3,
  ...over,
});

const report = (results: CheckResult[]): CheckReport => ({
  schemaVersion: 1,
  bundle: { digest: `sha256:${'a'.repeat(64)}`, revision: 'abc' },
  effective_time: null,
  layer: 'ci',
  fail_on: 'high',
  results,
  summary: { subjects: 1, pass: 0, fail: 1, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 },
  overrides: { used: [], orphans: [], expired: [], expiring_14: [], expiring_7: [] },
  exit_code: 1,
  reason: '1 violation at or above high',
  policies: [],
});

const render = (format: keyof typeof FORMATS, results: CheckResult[]) =>
  FORMATS[format](report(results), { colors: colors(false), width: 80 });

const HOSTILE = 'evil\n::error::\u001b[31m%0A\u202e<&">.yaml';

describe('output formats', () => {
  it('plain: one line a result, whatever the file is called', () => {
    const text = render('plain', [result({ file: HOSTILE })]);
    expect(text.split('\n')[0]).toBe(
      'evil\\n::error::\\x1b[31m%0A\\u202e<&">.yaml:12:3: fail high db-encrypted: The storage is not encrypted. Fix: Set storage_encrypted = true.',
    );
    expect(text).toContain('1 subject, 1 verdict: 1 fail, 0 waived');
    expect(text).toContain('exit 1: 1 violation at or above high');
  });

  it.each(['plain', 'table', 'json', 'ndjson', 'sarif', 'junit', 'gitlab', 'markdown'] as const)(
    '%s: no pipeline that prints it takes a name or message for a command',
    (format) => {
      const command = '##vso[task.setvariable variable=x]y';
      const rows = ['::add-mask::fail.yaml', command].map((text) =>
        result({
          file: text,
          message: `it is ${text}`,
          fix: `x\n${text}`,
          subject: { type: 't', id: text, name: text },
        }),
      );
      const text = render(format, rows);
      expect(text).not.toMatch(/##(?:vso)?\[/i);
      for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
      if (format === 'json') expect((JSON.parse(text) as CheckReport).results[1]?.file).toBe(command);
    },
  );

  it('table: fits 80 columns and names place, why, fix and controls', () => {
    const long = result({
      message: 'word '.repeat(60).trim(),
      subject: { type: 't', id: 'x'.repeat(200), name: '' },
    });
    const text = render('table', [long]);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text.replace(/\s+/g, '')).toContain('x'.repeat(200));
    for (const part of ['infra/main.tf:12:3', 'Set storage_encrypted = true.', 'soc2/cc6.1', '✗ fail'])
      expect(text).toContain(part);
  });

  it('table and plain: a waived row shows the verdict that it has', () => {
    const waived = result({ disposition: 'waived', override_id: 'ovr-1' });
    const shown = render('table', [{ ...waived, override_sunset: '2026-12-31T23:59:59.999Z' }]);
    expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(render('table', [waived])).toContain('fail, waived by ovr-1');
    expect(render('plain', [waived])).toContain('fail(waived by ovr-1)');
    const dated = { ...waived, override_sunset: '2026-12-31T23:59:59.999Z' };
    expect(render('table', [dated]).replace(/\s+/g, ' ')).toContain(
      'waived by ovr-1 until 2026-12-31T23:59:59.999Z',
    );
    expect(render('plain', [result({ disposition: 'warned' })])).toContain('fail(warned)');
  });

  it('table and plain: a simulation says what would have been done', () => {
    const would = result({ disposition: 'none', would: { disposition: 'waived', override_id: 'ovr-1' } });
    const simulated = { ...report([would]), effective_time: '2026-12-31T00:00:00.000Z' };
    for (const format of ['table', 'plain'] as const) {
      const text = FORMATS[format](simulated, { colors: colors(false), width: 80 });
      expect(text).toContain('would be waived by ovr-1');
      expect(text).toContain('Simulated as of 2026-12-31T00:00:00.000Z: nothing was enforced.');
    }
  });

  it('json: only the published members, passes included', () => {
    const parsed: unknown = JSON.parse(render('json', [result({ verdict: 'pass', disposition: 'none' })]));
    expect(Object.keys(parsed as object)).toEqual([
      'schemaVersion',
      'bundle',
      'effective_time',
      'layer',
      'fail_on',
      'results',
      'summary',
      'overrides',
      'exit_code',
      'reason',
    ]);
    expect((parsed as { results: unknown[] }).results).toHaveLength(1);
  });

  it('ndjson: a line a result and the summary last', () => {
    const lines = render('ndjson', [result({}), result({ line: 13 })])
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'policy_id',
      'policy_id',
      'schemaVersion',
    ]);
  });

  it('junit: never counts what was not judged or waived as success', () => {
    const text = render('junit', [
      result({ verdict: 'not_evaluated', disposition: 'enforced' }),
      result({ disposition: 'waived', override_id: 'ovr-1' }),
      result({ verdict: 'pass', disposition: 'none' }),
    ]);
    expect(text).toContain('tests="3" failures="0" errors="1" skipped="1"');
    expect(text).toContain('waived by ovr-1');
  });

  it('junit: is well-formed XML for hostile names', () => {
    const text = render('junit', [result({ file: HOSTILE, message: 'a\u0000b -- ]]> <x>' })]);
    expect(text).toContain('file="evil&#10;::error::\ufffd[31m%0A&#x202e;&lt;&amp;&quot;&gt;.yaml"');
    for (const control of ['\u0000', '\u001b']) expect(text).not.toContain(control);
  });

  it('junit: is well-formed XML whatever the closing words are', () => {
    const known = {
      baseline: {
        file: 'known--old->.json',
        digest: `sha256:${'a'.repeat(64)}`,
        found: 1,
        gone: 0,
        ignored: 0,
      },
      blocking: 0,
      fail_on: 'any',
    } as const;
    const text = FORMATS.junit(
      { ...report([result({})]), known, reason: 'a--b ---> c' },
      { colors: colors(false), width: 80 },
    );
    const comment = /<!--([\s\S]*?)-->\n$/.exec(text)?.[1] ?? '';
    // XML 1.0 section 2.5: two hyphens stand in no comment, and it ends with none.
    expect(comment).not.toMatch(/--|-$/);
    expect(comment).toContain('known- -old-&gt;.json');
    expect(text.match(/-->/g)).toHaveLength(1);
  });

  it.each(['plain', 'table', 'github', 'junit', 'markdown'] as const)(
    '%s: what a server answered last is text and no command, on one line',
    (format) => {
      const reason = '1 violation, but not all is recorded: gone\n::set-output name=a::b\u001b[2J\u009b31m';
      const text = FORMATS[format](
        { ...report([result({})]), reason, advisory: { exit_code: 1, reason } },
        { colors: colors(false), width: 80 },
      );
      for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::set-output/);
      for (const control of ['\u001b', '\u009b']) expect(text).not.toContain(control);
    },
  );

  it.each(['json', 'ndjson', 'sarif', 'junit', 'gitlab'] as const)(
    '%s: a terminal that prints it obeys nothing in it, and a program reads what was there',
    (format) => {
      const odd = 'a\u009b31m\u202eb\u2066c\u007f';
      const text = render(format, [
        result({ message: odd, file: `${odd}.tf`, subject: { type: 't', id: odd, name: odd } }),
      ]);
      expect(text).not.toMatch(/[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      if (format === 'json') expect((JSON.parse(text) as CheckReport).results[0]?.message).toBe(odd);
      if (format === 'junit') expect(text).toContain('a&#x9b;31m&#x202e;b&#x2066;c&#x7f;');
    },
  );

  it('markdown: what looks like an address of the web is no link', () => {
    const text = render('markdown', [result({ message: 'see www.example.com and WWW.Example.com' })]);
    expect(text).toContain('see www&#46;example.com and WWW&#46;Example.com');
  });

  it('sarif: encodes every segment of a path, so that %0A stays a name', () => {
    const parsed = JSON.parse(render('sarif', [result({ file: 'a b/%0A.tf' })])) as Sarif;
    const [first] = parsed.runs[0]?.results ?? [];
    expect(first?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20b/%250A.tf');
    expect(first?.ruleId).toBe('db-encrypted');
  });

  it('sarif: waived is suppressed, not left out; not evaluated is a failed execution', () => {
    const parsed = JSON.parse(
      render('sarif', [
        result({ disposition: 'waived', override_id: 'ovr-1' }),
        result({ verdict: 'not_evaluated' }),
      ]),
    ) as Sarif;
    const run = parsed.runs[0];
    expect(run?.results).toHaveLength(1);
    expect(run?.results[0]?.suppressions?.[0]?.justification).toBe('override ovr-1');
    expect(run?.invocations[0]?.executionSuccessful).toBe(false);
    expect(run?.invocations[0]?.toolExecutionNotifications).toHaveLength(1);
  });

  it('refuses an unknown format and two for one stream', () => {
    expect(() => parseTargets(['xml'], 'table')).toThrow(/unknown output format "xml"/);
    expect(() => parseTargets(['json', 'sarif'], 'table')).toThrow(/two output formats/);
    expect(parseTargets(['json=a=b.json'], 'table')).toEqual([{ format: 'json', file: 'a=b.json' }]);
  });
});

interface Sarif {
  runs: {
    results: {
      ruleId: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      suppressions?: { justification: string }[];
    }[];
    invocations: {
      executionSuccessful: boolean;
      toolExecutionNotifications: { message: { text: string } }[];
    }[];
  }[];
}
