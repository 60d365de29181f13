import { describe, expect, it } from 'vitest';
import { readText } from '../../testing/read-fixture.ts';

/** As helm 3.19 printed it for a chart with a broken template, and one of `helm create`. */
const TWO = `==> Linting bad
[INFO] Chart.yaml: icon is recommended
[ERROR] templates/: parse error at (bad/templates/x.yaml:1): missing value for if

==> Linting good
[INFO] Chart.yaml: icon is recommended

`;

const rows = async (text: string) => {
  const { outcomes, problems } = await readText(text, 'stdout');
  return {
    outcomes: outcomes.map(({ check, subject, verdict }) => [check, subject.id, verdict]),
    problems: problems.map(({ message }) => message),
  };
};

describe('helm lint', () => {
  it('gives a verdict a chart, and its messages', async () => {
    const { detected } = await readText(TWO, 'stdout');
    expect(detected.source.id).toBe('helm-lint');
    expect(await rows(TWO)).toEqual({
      outcomes: [
        ['lint-info', 'bad/Chart.yaml', 'fail'],
        ['lint-error', 'bad/templates/', 'fail'],
        ['lint', 'bad', 'fail'],
        ['lint-info', 'good/Chart.yaml', 'fail'],
        ['lint', 'good', 'pass'],
      ],
      problems: [],
    });
  });

  it('has no verdict of a chart that could not be read', async () => {
    const text =
      '==> Linting empty\nError unable to check Chart.yaml file in chart: stat empty/Chart.yaml: no such file or directory\n\n';
    expect(await rows(text)).toEqual({
      outcomes: [],
      problems: [
        'unable to check Chart.yaml file in chart: stat empty/Chart.yaml: no such file or directory',
      ],
    });
  });

  it('joins what goes on in a second line, and says what it does not know', async () => {
    const { outcomes } = await readText(
      '==> Linting good\n[ERROR] : unable to load chart\n\tvalidation: bad\n',
      'stdout',
    );
    expect(outcomes[0]?.message).toBe('unable to load chart validation: bad');
    expect((await rows('==> Linting good\nall is well\n\n')).problems).toEqual([
      'a line that helm lint does not print: all is well',
    ]);
    expect((await rows(`${TWO}3 chart(s) linted, 1 chart(s) failed\n`)).problems).toEqual([
      'helm says 3 charts, and 2 were read',
    ]);
  });

  it('takes no chart for passed whose messages may have been cut off', async () => {
    const { outcomes, problems } = await readText(
      '==> Linting a\n[INFO] Chart.yaml: icon is recommended\n',
      'r.txt',
    );
    expect(outcomes.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(problems.map(({ message }) => message)).toEqual(['the report ends within what it says of a']);
  });
});
