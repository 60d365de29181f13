import { resolve } from 'node:path';
import { dirname } from 'node:path/posix';
import {
  findCompiler,
  type Repository,
  readRepository,
  selectPolicies,
  type TestReport,
  testRepository,
} from '../../policy/index.ts';
import { plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable, wrap } from '../terminal/text.ts';
import { judgeExamples } from './judge-examples.ts';

export interface TestFlags {
  /** Least coverage, in percent. */
  coverage?: number;
  uncovered?: boolean;
  /** Ids; all policies where there are none. */
  policy?: string[];
}

/**
 * Runs the policies' tests and judges their examples, each with its own engine and those in Rego as a check does, too.
 * Exit 1 when one is not as it should be, 3 when the only reason is a tool that is not there: nobody knows then.
 */
export async function test(
  folder: string,
  { coverage: threshold, uncovered, policy: ids }: TestFlags,
  context: Context,
): Promise<ExitCode> {
  const opa = await findCompiler(context.env);
  const whole = await readRepository(resolve(context.cwd, folder), { opa });
  const repository = ids === undefined ? whole : selectPolicies(whole, ids);
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
  const missing = Map.groupBy(
    report.examples.filter((each) => each.missing !== undefined),
    (each) => each.message,
  );
  for (const [message, all] of missing)
    say(
      `not tested  ${all.length} ${all.length === 1 ? 'policy' : 'policies'}, such as ${all[0]?.policy_id}: ${message}`,
    );
  for (const each of report.examples.filter((one) => one.missing === undefined)) {
    if (!each.ok) say(`wrong  ${each.file}: ${each.message}`);
    for (const change of each.ok ? (each.changes ?? []) : []) say(`changed  ${each.file}: ${change}`);
  }
  const partly = report.files.filter((file) => file.percent < 100);
  if (uncovered === true)
    for (const file of partly)
      say(`${file.percent.toFixed(1)} % of ${file.file}; no test reaches lines ${file.uncovered.join(', ')}`);
  else if (partly.length > 0)
    say(
      `${partly.length} of ${report.files.length} modules have lines that no test reaches: --uncovered lists them`,
    );
  const passed = report.tests.filter((each) => each.outcome === 'pass').length;
  const judged = report.examples.filter((each) => each.missing === undefined);
  const right = judged.filter((each) => each.ok).length;
  const coverage = report.coverage === undefined ? 'not measured' : `${report.coverage.toFixed(1)} %`;
  say(
    `${passed} of ${report.tests.length} tests pass, ${right} of ${judged.length} examples are judged as named, coverage ${coverage}`,
  );
  if (repository.policies.length < whole.policies.length)
    say(`${selected(repository, whole)}: ${ownAndShared(repository, report)}`);
  if (report.failures.length > 0)
    say(`not passed: ${report.failures.length} ${report.failures.length === 1 ? 'reason' : 'reasons'}`);
  for (const failure of report.failures.filter((text) => !isListed(text, report))) say(failure);
  if (report.failures.length === 0) return EXIT.ok;
  const untested = report.examples.filter((each) => each.missing !== undefined).length;
  return report.failures.length === untested ? EXIT.incomplete : EXIT.violation;
}

function selected({ policies }: Repository, whole: Repository): string {
  return `${policies.length} of ${whole.policies.length} policies ${policies.length === 1 ? 'was' : 'were'} tested`;
}

/** What of the counts is of the chosen policies, and what of the modules that all share: those are tested every time. */
function ownAndShared({ policies }: Repository, { tests, files, coverage }: TestReport): string {
  const folders = policies.map(({ file }) => `${dirname(file)}/`);
  const isOwn = ({ file }: { file: string }) => folders.some((folder) => file.startsWith(folder));
  const own = { tests: tests.filter(isOwn).length, modules: files.filter(isOwn) };
  const others = plural(tests.length - own.tests, 'test');
  const whose = `${plural(own.tests, 'test')} of ${policies.length === 1 ? 'its' : 'their'} own`;
  // A failed test leaves nothing measured.
  if (coverage === undefined) return `${whose}. Shared by all policies: ${others}`;
  const least = Math.min(...own.modules.map(({ percent }) => percent));
  const covered =
    own.modules.length === 0
      ? 'no module'
      : `${plural(own.modules.length, 'module')} covered ${own.modules.length === 1 ? 'to' : 'to at least'} ${least.toFixed(1)} %`;
  const shared = `${others} and ${plural(files.length - own.modules.length, 'module')}`;
  return `${whose}, ${covered}. Shared by all policies: ${shared}; the counts above have both`;
}

/** True for a failed test or a wrong example, which stands above with its place. */
function isListed(failure: string, { tests, examples }: TestReport): boolean {
  return (
    tests.some(({ outcome, file, line }) => outcome !== 'pass' && failure.startsWith(`${file}:${line}: `)) ||
    examples.some(({ ok, file }) => !ok && failure.startsWith(`${file}: `))
  );
}
