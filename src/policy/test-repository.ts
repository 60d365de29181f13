import { z } from 'zod';
import type { JudgeExamples } from './example-verdicts.ts';
import { runExamples } from './examples.ts';
import { ask, call, failed } from './opa.ts';
import { isTest, regoFiles, withManifest } from './rego.ts';
import { testStacks } from './stacks/test.ts';
import { withStage } from './stage.ts';
import { isRegoPolicy } from './styles.ts';
import type { ExampleResult, Files, Opa, Repository } from './types.ts';

/** One `test_` rule. */
export interface RegoTest {
  /** Package without `data.`. */
  package: string;
  name: string;
  file: string;
  line: number;
  outcome: 'pass' | 'fail' | 'error' | 'skip';
  milliseconds: number;
}

/** Lines of a module that the tests ran, in percent. */
export interface FileCoverage {
  file: string;
  percent: number;
  /** First lines of what no test ran. */
  uncovered: number[];
}

export interface TestReport {
  tests: RegoTest[];
  examples: ExampleResult[];
  /** Over all modules but tests; undefined when a test failed, since OPA measures none then. */
  coverage: number | undefined;
  files: FileCoverage[];
  /** Why the run as a whole does not pass; empty: it passes. */
  failures: string[];
}

export interface TestRepositoryOptions {
  opa: Opa;
  threshold?: number;
  judge?: JudgeExamples;
  environment?: NodeJS.ProcessEnv;
}

const testSchema = z.array(
  z.object({
    location: z.object({ file: z.string(), row: z.int() }),
    package: z.string(),
    name: z.string(),
    duration: z.number().default(0),
    fail: z.boolean().optional(),
    skip: z.boolean().optional(),
    error: z.unknown().optional(),
  }),
);
const fileSchema = z.object({
  covered_lines: z.int().default(0),
  not_covered_lines: z.int().default(0),
  not_covered: z.array(z.object({ start: z.object({ row: z.int() }) })).default([]),
});
const coverageSchema = z.object({ files: z.record(z.string(), fileSchema) });

/**
 * Tests a repository with the real `opa test` and judges its examples. A repository without any test does not pass.
 * @param options.threshold least coverage of the modules, in percent
 * @param options.environment where the tools of other engines are looked for
 * @param options.judge judges the examples with the repository's bundle as well, as a check does
 * @throws ExhibitError TOOL_FAILED when the modules do not compile (`lintRepository` says where)
 */
export async function testRepository(
  repository: Repository,
  options: TestRepositoryOptions,
): Promise<TestReport> {
  const modules = withManifest(regoFiles(repository.files), repository.rego_v0);
  const tests = await withStage(modules, (folder) => runTests(options.opa, folder));
  const green = tests.length > 0 && tests.every(({ outcome }) => outcome === 'pass' || outcome === 'skip');
  const files = green ? await measure(options.opa, modules) : undefined;
  const lines = Object.entries(files ?? {}).filter(([file]) => !isTest(file));
  const covered = lines.reduce((sum, [, file]) => sum + file.covered_lines, 0);
  const all = covered + lines.reduce((sum, [, file]) => sum + file.not_covered_lines, 0);
  const { examples: ofRego, failures } = await runExamples(repository, options);
  const examples = [...ofRego, ...(await testStacks(repository, options.environment ?? {}))];
  const report = {
    tests,
    examples,
    coverage: files === undefined || all === 0 ? undefined : percent(covered, all),
    files: lines.map(([file, { covered_lines, not_covered_lines, not_covered }]) => ({
      file,
      percent: percent(covered_lines, covered_lines + not_covered_lines),
      uncovered: [...new Set(not_covered.map(({ start }) => start.row))].sort((a, b) => a - b),
    })),
  };
  return {
    ...report,
    failures: [...failuresOf(report, options.threshold, repository.policies.some(isRegoPolicy)), ...failures],
  };
}

/** What `opa test` may take on a busy machine: all tests together (ms), and one of them. */
const ALL_TESTS = 600_000;
const ONE_TEST = '--timeout=60s';

async function runTests(opa: Opa, folder: string): Promise<RegoTest[]> {
  const result = await call(opa, folder, ['test', '-b', '.', ONE_TEST, '--format=json'], '', ALL_TESTS);
  const text = result.stdout.toString('utf8').trim();
  if (text === '' && result.code === 0) return [];
  const parsed = testSchema
    .nullable()
    .safeParse(text.startsWith('[') || text === 'null' ? JSON.parse(text) : undefined);
  if (!parsed.success) throw failed('test', result);
  return (parsed.data ?? []).map((test) => ({
    package: test.package.replace(/^data\./, ''),
    name: test.name,
    file: test.location.file,
    line: test.location.row,
    outcome:
      test.error !== undefined ? 'error' : test.fail === true ? 'fail' : test.skip === true ? 'skip' : 'pass',
    milliseconds: test.duration / 1e6,
  }));
}

/**
 * The tests run each time; what they reach is measured again only where a module, the arguments or OPA changed, since that takes four times as
 * long as the tests.
 */
async function measure(opa: Opa, files: Files): Promise<z.infer<typeof coverageSchema>['files'] | undefined> {
  const args = ['test', '-b', '.', '-c', ONE_TEST, '--exit-zero-on-skipped', '--format=json'];
  const result = await ask(opa, { files, args, timeout: ALL_TESTS });
  if (result.code !== 0) throw failed('test --coverage', result);
  return coverageSchema.parse(JSON.parse(result.stdout.toString('utf8'))).files;
}

/** Two decimals, cut rather than rounded: 89.999 is not 90. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((part / whole) * 10_000) / 100;
}

/** @param rego whether a policy is written in Rego: then a test of it must be there */
function failuresOf(
  report: Omit<TestReport, 'failures'>,
  threshold: number | undefined,
  rego: boolean,
): string[] {
  const out: string[] = [];
  if (report.tests.length === 0 && (rego || report.examples.length === 0))
    out.push('the repository has no test');
  for (const { outcome, file, line, name } of report.tests) {
    if (outcome === 'fail' || outcome === 'error')
      out.push(`${file}:${line}: ${name} ${outcome === 'fail' ? 'fails' : 'is in error'}`);
  }
  for (const { ok, file, message, expected } of report.examples) {
    if (!ok) out.push(`${file}: ${expected === 'test' ? '' : `a ${expected} example: `}${message}`);
  }
  if (threshold !== undefined && report.coverage !== undefined && report.coverage < threshold)
    out.push(`coverage is ${report.coverage} %, less than ${threshold} %`);
  return out;
}
