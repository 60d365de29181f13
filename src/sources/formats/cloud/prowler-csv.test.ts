import { describe, expect, it } from 'vitest';
import { openText } from '../../report/open.ts';
import { readText } from '../../testing/read-fixture.ts';
import { prowlerCsv } from './prowler-csv.ts';

const NAMES =
  'AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;FINDING_UID;PROVIDER;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;MUTED;SEVERITY;RESOURCE_TYPE;RESOURCE_UID;RESOURCE_NAME;REGION;PROWLER_VERSION';
const row = (status: string, more: { extended?: string; muted?: string; time?: string; uid?: string } = {}) =>
  `profile;${more.time ?? '2025-02-14 14:27:03.913874'};123456789012;prowler-aws-x-${more.uid ?? '1'};aws;s3_bucket_default_encryption;Title;${status};${more.extended ?? 'Said.'};${more.muted ?? 'False'};low;AwsS3Bucket;arn:aws:s3:::b;b;eu-west-1;5.4.0`;

describe('Prowler, csv', () => {
  it('reads rows with quoted line ends, quotes and delimiters', async () => {
    const text = [
      NAMES,
      row('PASS'),
      row('FAIL', { extended: '"one; ""two""\r\nthree"' }),
      row('MANUAL'),
    ].join('\r\n');
    const { detected, outcomes, problems, facts } = await readText(text, 'output.csv');
    expect(detected).toMatchObject({
      source: { id: 'prowler-csv' },
      why: 'its first line names CHECK_ID, STATUS and RESOURCE_UID',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(outcomes.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['pass', 'Said.'],
      ['fail', 'one; "two"\nthree'],
      ['not_evaluated', 'Said.'],
    ]);
    expect(facts).toMatchObject({ tool_version: '5.4.0', population: 'all' });
    expect(outcomes[0]).toMatchObject({
      check: 's3_bucket_default_encryption',
      severity: 'low',
      subject: { type: 'AwsS3Bucket', id: 'arn:aws:s3:::b', name: 'b' },
      details: { time_without_zone: '2025-02-14 14:27:03.913874' },
    });
    expect(outcomes[0]?.observed_at).toBeUndefined();
  });

  it('takes a time with a zone, and what is muted', async () => {
    const { outcomes } = await readText(
      `${NAMES}\n${row('FAIL', { time: '2025-02-14 14:27:03+01:00', muted: 'True' })}\n`,
      'a.csv',
    );
    expect(outcomes).toMatchObject([
      { verdict: 'fail', observed_at: '2025-02-14T13:27:03.000Z', suppressed: { kind: 'mutelist' } },
    ]);
  });

  it('is a problem of its line where a row is cut or broken, and the others are read', async () => {
    const cut = row('PASS').split(';').slice(0, 5).join(';');
    const { outcomes, problems } = await readText(
      [NAMES, row('FAIL'), cut, row('PASS'), ''].join('\n'),
      'a.csv',
    );
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
    expect(problems).toMatchObject([{ line: 3, message: expect.stringContaining('fields') }]);
  });

  it('does not invent a pass where a quote does not end', async () => {
    const text = [NAMES, row('FAIL'), row('FAIL', { extended: '"open' }), row('PASS')].join('\n');
    const { outcomes, problems } = await readText(text, 'a.csv');
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(problems).toMatchObject([{ message: expect.stringMatching(/^not well-formed CSV: Quote/) }]);
  });

  it('keeps the rows that stand before a line that is no UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${NAMES}\n${row('FAIL')}\n`),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(`${row('PASS')}\n`),
    ]);
    const { outcomes, problems } = await readText(bytes, 'a.csv');
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(problems).toMatchObject([{ message: 'the report is not well-formed UTF-8' }]);
  });

  it('does not keep a row without end, and leaves the file when the reader stops', async () => {
    const huge = `${NAMES}\n${row('FAIL')}\n"${`${'x'.repeat(1_000)}\n`.repeat(5_000)}`;
    expect((await readText(huge, 'a.csv')).problems).toMatchObject([
      { message: expect.stringMatching(/record size/i) },
    ]);
    const { report } = await openText(Buffer.from(`${NAMES}\n${row('FAIL')}\n`.repeat(1_000)), 'a.csv');
    for await (const { type } of prowlerCsv.read(report)) if (type === 'outcome') break;
  });

  it('has constant memory: ten thousand rows come one by one', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) =>
      row(i % 2 === 0 ? 'PASS' : 'FAIL', { uid: String(i) }),
    );
    const { outcomes } = await readText([NAMES, ...rows].join('\n'), 'a.csv');
    expect(outcomes).toHaveLength(10_000);
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(10_000);
  });
});
