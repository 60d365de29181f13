import { resolve } from 'node:path';
import { findOpa, readRepository, testRepository } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable, wrap } from '../terminal/text.ts';
import { judgeExamples } from './judge-examples.ts';

/** Runs the policies' tests and judges their examples, with OPA and as a check does; exit 1 when one is not as it should be. */
export async function test(
  folder: string,
  threshold: number | undefined,
  context: Context,
): Promise<ExitCode> {
  const opa = await findOpa(context.env);
  const repository = await readRepository(resolve(context.cwd, folder), { opa });
  const judge = judgeExamples(context.clock);
  const report = await testRepository(repository, {
    opa,
    judge,
    ...(threshold === undefined ? {} : { threshold }),
  });
  const { stdout } = context;
  const width = Math.min(stdout.columns, 100);
  const say = (text: string) => stdout.write(`${wrap(printable(text), width).join('\n    ')}\n`);
  for (const each of report.tests) {
    if (each.outcome !== 'pass')
      say(`${each.outcome}  ${each.file}:${each.line} ${each.package}.${each.name}`);
  }
  for (const each of report.examples) if (!each.ok) say(`wrong  ${each.file}: ${each.message}`);
  for (const file of report.files) {
    if (file.percent < 100)
      say(`${file.percent.toFixed(1)} % of ${file.file}; no test reaches lines ${file.uncovered.join(', ')}`);
  }
  const passed = report.tests.filter((each) => each.outcome === 'pass').length;
  const right = report.examples.filter((each) => each.ok).length;
  const coverage = report.coverage === undefined ? 'not measured' : `${report.coverage.toFixed(1)} %`;
  say(
    `${passed} of ${report.tests.length} tests pass, ${right} of ${report.examples.length} examples are judged as named, coverage ${coverage}`,
  );
  for (const failure of report.failures) say(`not passed: ${failure}`);
  return report.failures.length === 0 ? EXIT.ok : EXIT.violation;
}
