import { describe, expect, it } from 'vitest';
import type { CheckReport, CheckResult } from '../report/report.ts';
import { colors } from '../terminal/color.ts';
import { FORMATS } from './index.ts';
import { COMMENT_LIMIT, markdownWithin } from './markdown.ts';
import { SARIF_RESULT_LIMIT, SARIF_SHOWN_LIMIT } from './sarif.ts';

const result = (over: Partial<CheckResult>): CheckResult => ({
  policy_id: 'db-encrypted',
  rule_id: 'db-encrypted',
  controls: ['soc2/cc6.1'],
  subject: { type: 'database', id: 'aws_db_instance.main', name: 'main' },
  verdict: 'fail',
  disposition: 'enforced',
  severity: 'high',
  message: 'The storage is not encrypted.',
  file: 'infra/main.tf',
  line: 12,
  column: 3,
  ...over,
});

const report = (results: CheckResult[], over: Partial<CheckReport> = {}): CheckReport => ({
  schemaVersion: 1,
  bundle: { digest: `sha256:${'a'.repeat(64)}`, revision: 'abc' },
  effective_time: null,
  layer: 'ci',
  fail_on: 'high',
  results,
  summary: {
    subjects: 1,
    pass: 0,
    fail: results.length,
    error: 0,
    not_applicable: 0,
    not_evaluated: 0,
    waived: 0,
  },
  overrides: { used: [], orphans: [], expired: [], expiring_14: [], expiring_7: [] },
  exit_code: 1,
  reason: 'violations',
  policies: [],
  ...over,
});

const render = (format: keyof typeof FORMATS, results: CheckResult[], over: Partial<CheckReport> = {}) =>
  FORMATS[format](report(results, over), { colors: colors(false), width: 80 });
const commands = (text: string) => text.split('\n').filter((line) => line.startsWith('::'));
const many = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    result({ line: i + 1, subject: { type: 't', id: `s${i}`, name: '' } }),
  );

describe('github', () => {
  // The escapes are those of actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty.
  it('escapes data and properties as the runner reads them', () => {
    const [line = ''] = commands(
      render('github', [result({ file: 'a,b:c%\n.tf', rule_id: 'x:y,z', message: '100%\r\n::error::x' })]),
    );
    const [, properties = '', data = ''] = /^::error ([^:]*(?:%3A[^:]*)*)::(.*)$/.exec(line) ?? [];
    expect(properties).toBe('file=a%2Cb%3Ac%25%0A.tf,line=12,endLine=12,col=3,title=high x%3Ay%2Cz');
    expect(data.split('%0A')[0]).toBe('fail: 100%25\\r\\n::error::x');
    expect(commands(render('github', [result({ message: 'x\n::error::y' })]))).toHaveLength(1);
    // What a terminal obeys, or shows in another order, in the name of a file.
    expect(render('github', [result({ file: 'a\x1b[2J\u202eb.yaml' })])).toContain(
      'file=a\\x1b[2J\\u202eb.yaml',
    );
  });

  it('says what GitHub would drop: ten of a kind, the last about the others, which the log lists', () => {
    const text = render('github', many(25));
    expect(commands(text)).toHaveLength(10);
    expect(commands(text)[9]).toContain('16 of 25 more are not annotated');
    for (let i = 0; i < 25; i += 1) expect(text).toMatch(new RegExp(`line=${i + 1},|main\\.tf:${i + 1}:`));
    expect(commands(render('github', many(10)))).toHaveLength(10);
  });

  it('what blocks is an error, what only warns a warning, what is waived a notice, and what nobody could judge an error', () => {
    const kinds = commands(
      render('github', [
        result({ disposition: 'waived', override_id: 'o' }),
        result({ disposition: 'warned', severity: 'low' }),
        result({ verdict: 'not_evaluated' }),
        result({}),
        result({ verdict: 'pass' }),
      ]),
    ).map((line) => line.split(' ')[0]);
    expect(kinds).toEqual(['::error', '::error', '::warning', '::notice']);
  });
});

describe('gitlab', () => {
  const issues = (results: CheckResult[]) =>
    JSON.parse(render('gitlab', results)) as {
      fingerprint: string;
      severity: string;
      location: { path: string };
    }[];
  it('keeps a fingerprint when lines move, and has no two of one', () => {
    const [a, b] = [issues([result({})]), issues([result({ line: 40 })])];
    expect(a[0]?.fingerprint).toBe(b[0]?.fingerprint);
    const twins = issues([result({ line: 1 }), result({ line: 2 })]);
    expect(new Set(twins.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
  it('has the five severities of GitLab, and a path for what has no file', () => {
    const all = (['critical', 'high', 'medium', 'low', 'info'] as const).map((severity) =>
      result({ severity }),
    );
    expect(issues(all).map(({ severity }) => severity)).toEqual([
      'blocker',
      'critical',
      'major',
      'minor',
      'info',
    ]);
    const { file: _, ...without } = result({});
    expect(issues([without])[0]?.location.path).toBe('.');
  });
});

describe('markdown', () => {
  it('lets no text of a file become a link, a mention, HTML or a cell', () => {
    const text = render('markdown', [result({ message: '@team <img> | [x](http://x) `y`', file: 'a|b.tf' })]);
    const row = text.split('\n').find((line) => line.includes('main')) ?? '';
    expect(row.split('|')).toHaveLength(7);
    for (const raw of ['@team', '<img>', '[x]', '`y`', 'http://']) expect(row).not.toContain(raw);
  });
  it.each([COMMENT_LIMIT, 1024 * 1024])(
    'stays within %d bytes, and says how many rows are left out',
    (limit) => {
      const text = markdownWithin(report(many(20_000)), limit);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      const rows = text.split('\n').filter((line) => line.startsWith('| ❌')).length;
      expect(text).toContain(`${20_000 - rows} of 20000 rows are left out here`);
    },
  );
});

describe('sarif', () => {
  const notes = (count: number) => {
    const { runs } = JSON.parse(render('sarif', many(count))) as {
      runs: {
        results: unknown[];
        invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
      }[];
    };
    const texts =
      runs[0]?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text) ?? [];
    return { kept: runs[0]?.results.length, texts };
  };
  it('says what GitHub shows of what it takes, and cuts only at what it refuses', () => {
    expect(notes(SARIF_SHOWN_LIMIT)).toEqual({ kept: SARIF_SHOWN_LIMIT, texts: [] });
    const over = notes(SARIF_SHOWN_LIMIT + 7);
    expect(over.kept).toBe(SARIF_SHOWN_LIMIT + 7);
    expect(over.texts).toEqual([expect.stringContaining('shows the 5000 most severe of the 5007')]);
    const cut = notes(SARIF_RESULT_LIMIT + 7);
    expect(cut.kept).toBe(SARIF_RESULT_LIMIT);
    expect(cut.texts[0]).toContain('7 of 25007 results');
  });
});

describe('an advisory gate', () => {
  it.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])('%s: says that it is', (format) => {
    const text = render(format, [result({ disposition: 'warned' })], {
      exit_code: 0,
      advisory: { exit_code: 1, reason: '1 violation at or above high' },
    });
    expect(text).toMatch(/advisory/);
    expect(text.replace(/\s+/g, ' ')).toContain('1 violation at or above high');
  });
});
