import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';

const CHART = /^==> Linting (.+)$/;
const MESSAGE = /^\[(INFO|WARNING|ERROR)\] ([^:]*): (.*)$/;
const FAILED = /^Error (.+)$/;
const TOTAL = /^(?:Error: )?(\d+) chart\(s\) linted, (\d+) chart\(s\) failed$/;

const SEVERITY = { ERROR: 'high', WARNING: 'medium', INFO: 'info' } as const;

/**
 * What `helm lint` prints: a chart, its messages, and how many charts there were. A chart without an error passes; a warning and a piece of
 * information are no failure of the chart, and are recorded as their own checks. The line with the total goes to standard error where a chart
 * failed, so that it may be missing.
 */
export const helmLint: Source = {
  id: 'helm-lint',
  title: 'Helm, helm lint',
  tool: 'helm',
  layer: 'ci',
  population: 'all',
  reference: 'https://github.com/helm/helm: pkg/cmd/lint.go',

  detect({ head }: Sample) {
    return CHART.test(head.split('\n', 1)[0] ?? '')
      ? 'its first line is "==> Linting" and a chart'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let chart: string | undefined;
    let failed = false;
    let last: Outcome | undefined;
    let charts = 0;
    // An empty line ends what is said of a chart; without it errors may have been cut off.
    let whole = false;
    const verdict = (): Item[] =>
      chart === undefined
        ? []
        : [
            {
              type: 'outcome',
              check: 'lint',
              subject: of(chart),
              verdict: failed ? 'fail' : whole ? 'pass' : 'not_evaluated',
              severity: 'high',
            },
          ];
    for await (const { text, line } of report.lines()) {
      const begin = CHART.exec(text);
      const message = MESSAGE.exec(text);
      const broken = FAILED.exec(text);
      const total = TOTAL.exec(text);
      if ((begin !== null || message !== null || total !== null) && last !== undefined) {
        yield last;
        last = undefined;
      }
      if (text.trim() === '') whole = true;
      else if (message !== null) whole = false;
      if (total !== null) {
        if (Number(total[1]) !== charts)
          yield { type: 'problem', message: `helm says ${total[1]} charts, and ${charts} were read`, line };
      } else if (begin !== null) {
        yield* verdict();
        [chart, failed, whole] = [begin[1] ?? '', false, false];
        charts += 1;
      } else if (message !== null && chart !== undefined) {
        const [, level = 'ERROR', place = '', said = ''] = message;
        failed ||= level === 'ERROR';
        last = {
          type: 'outcome',
          check: `lint-${level.toLowerCase()}`,
          subject: { ...of(chart), id: place === '' ? chart : `${chart}/${place}` },
          verdict: 'fail',
          severity: SEVERITY[level as keyof typeof SEVERITY],
          message: said,
          file: place === '' ? chart : `${chart}/${place}`,
        };
      } else if (broken !== null && chart !== undefined) {
        // The chart could not be looked at: no verdict of its own.
        yield { type: 'problem', message: broken[1] ?? '', line, file: chart, check: 'lint' };
        chart = undefined;
      } else if (text.trim() !== '') {
        // A message may go on in lines that are moved in.
        if (last !== undefined && /^\s/.test(text)) last.message = `${last.message} ${text.trim()}`;
        else
          yield {
            type: 'problem',
            message: `a line that helm lint does not print: ${text.slice(0, 200)}`,
            line,
          };
      }
    }
    if (last !== undefined) yield last;
    if (chart !== undefined && !whole)
      yield {
        type: 'problem',
        message: `the report ends within what it says of ${chart}`,
        hint: 'It was cut off. Run helm lint again.',
      };
    yield* verdict();
  },
};

const of = (chart: string): Outcome['subject'] => ({ type: 'helm-chart', id: chart, name: chart });
