import { resolve } from 'node:path';
import { findCompiler, readRepository, type TestReport, testRepository } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable, wrap } from '../terminal/text.ts';
import { judgeExamples } from './judge-examples.ts';

/** Runs the policies' tests and judges their examples, with OPA and as a check does; exit 1 when one is not as it should be. */
export async function test(
  folder: string,
  { coverage: threshold, uncovered }: { coverage?: number; uncovered?: boolean },
  context: Context,
): Promise<ExitCode> {
  const opa = await findCompiler(context.env);
  const repository = await readRepository(resolve(context.cwd, folder), { opa });
  const report = await testRepository(repository, {
    opa,
    judge: judgeExamples,
    environment: context.env,
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
  const partly = report.files.filter((file) => file.percent < 100);
  if (uncovered === true)
    for (const file of partly)
      say(`${file.percent.toFixed(1)} % of ${file.file}; no test reaches lines ${file.uncovered.join(', ')}`);
  else if (partly.length > 0)
    say(
      `${partly.length} of ${report.files.length} modules have lines that no test reaches: --uncovered lists them`,
    );
  const passed = report.tests.filter((each) => each.outcome === 'pass').length;
  const right = report.examples.filter((each) => each.ok).length;
  const coverage = report.coverage === undefined ? 'not measured' : `${report.coverage.toFixed(1)} %`;
  say(
    `${passed} of ${report.tests.length} tests pass, ${right} of ${report.examples.length} examples are judged as named, coverage ${coverage}`,
  );
  if (report.failures.length > 0)
    say(`not passed: ${report.failures.length} ${report.failures.length === 1 ? 'reason' : 'reasons'}`);
  for (const failure of report.failures.filter((text) => !isListed(text, report))) say(failure);
  return report.failures.length === 0 ? EXIT.ok : EXIT.violation;
}

/** True for a failed test or a wrong example, which stands above with its place. */
function isListed(failure: string, { tests, examples }: TestReport): boolean {
  return (
    tests.some(({ outcome, file, line }) => outcome !== 'pass' && failure.startsWith(`${file}:${line}: `)) ||
    examples.some(({ ok, file }) => !ok && failure.startsWith(`${file}: `))
  );
}
