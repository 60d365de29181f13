import { HONEST_TEST, honestTest, QUESTIONS, readHonestFacts } from '../../audit/index.ts';
import { GATED, gateRuns } from '../../merges/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { type WithinFlags, within } from '../engagement/within.ts';
import { folderOf, readingFolder } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { instantOf } from '../instant.ts';
import { progress } from '../terminal/progress.ts';
import { honestSchema } from './schema.ts';
import { honestText } from './text.ts';

export interface HonestFlags extends WithinFlags {
  evidence?: string;
  output: 'table' | 'json';
}

const YEAR = 366 * DAY_MILLISECONDS;

/**
 * Answers the four questions from the records of a period. Exit 0 where more than two are a yes, 1 otherwise: two or fewer are a library.
 * @throws ExhibitError LEDGER_..., LAKE_FAILED, USAGE
 */
export async function runHonestTest(given: HonestFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(given, context);
  const flags = await within(given, folder, context, { what: HONEST_TEST });
  const to = instantOf('--to', flags.to, '23:59:59.999Z') ?? context.clock();
  const from = instantOf('--from', flags.from, '00:00:00.000Z') ?? to - YEAR;
  if (from >= to) throw new ExhibitError('USAGE', 'the period ends before it begins');
  return readingFolder(folder, async (reader) => {
    const bar = progress('records read', context.stderr, context.clock);
    const inPeriod = (time: string) => from <= Date.parse(time) && Date.parse(time) <= to;
    const runs = (await gateRuns(reader)).filter(({ recorded_at }) => inPeriod(recorded_at));
    const facts = await readHonestFacts(reader, {
      ...{ from, to, runs, gated: GATED, progress: bar.update },
      ...(flags.within === undefined ? {} : { engagement: flags.within.engagement }),
    });
    bar.end();
    const tested = honestTest(facts);
    const code = tested.yes > 2 ? EXIT.ok : EXIT.violation;
    const period = { from: formatInstant(from), to: formatInstant(to) };
    const generated = tellGenerated(reader.origin, flags.output, context);
    if (flags.output === 'json') {
      const { origin, size, root } = await reader.checkpoint();
      const report = honestSchema.parse({
        schemaVersion: 1,
        ...generated,
        ...period,
        ledger: { origin, size, root },
        ...tested,
        answers: tested.answers.map((answer) => ({ text: QUESTIONS[answer.question], ...answer })),
        exit_code: code,
      });
      context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    } else context.stdout.write(honestText(tested, period, context.stdout));
    return code;
  });
}
