import type { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { membersOf } from '../members.ts';
import { toolOf } from './sarif-dialects.ts';
import { sarifResult } from './sarif-result.ts';
import { log, result, run } from './sarif-schema.ts';

type Run = z.infer<typeof run>;

/** SARIF 2.1.0 of any tool. The tool's name is the prefix of its policy ids: `codeql/py/empty-except`. */
export const sarif: Source = {
  id: 'sarif',
  title: 'SARIF 2.1.0, of any tool',
  tool: 'sarif',
  layer: 'ci',
  population: 'varies',
  reference: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html',

  detect({ first }: Sample) {
    const value = membersOf(first);
    if (value === undefined || !Array.isArray(value.runs)) return undefined;
    if (typeof value.version === 'string') return 'it has version and runs';
    return typeof value.$schema === 'string' && /sarif/i.test(value.$schema)
      ? 'its $schema is that of SARIF and it has runs'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), log, ofLog);
  },
};

function* ofLog({ version, runs }: z.infer<typeof log>): Generator<Item> {
  if (!/^2\.1(\.|$)/.test(version)) {
    yield {
      type: 'problem',
      message: `SARIF ${version} is not read here, 2.1.0 is`,
      hint: 'Let the tool write 2.1.0, or convert the file with the Sarif.Multitool.',
    };
    return;
  }
  for (const [i, each] of runs.entries())
    yield* conform(each, run, (one) => ofRun(one, `runs[${i}]`), undefined, `runs[${i}]`);
}

function* ofRun(value: Run, where: string): Generator<Item> {
  const { driver } = value.tool;
  const invocations = value.invocations ?? [];
  const ended = invocations
    .map(({ endTimeUtc }) => instantOf(endTimeUtc))
    .filter((time) => time !== undefined);
  yield {
    type: 'run',
    tool: toolOf(driver.name),
    tool_version: driver.semanticVersion ?? driver.version ?? undefined,
    started: instantOf(invocations[0]?.startTimeUtc),
    ended: ended.at(-1),
  };
  yield* ofInvocations(value, where);
  if (value.results == null) {
    yield {
      type: 'problem',
      message: `${where} has no results: ${driver.name} did not scan, which is no clean scan`,
      hint: 'A clean scan has an empty list of results. Look at the log of the tool.',
    };
    return;
  }
  let passes = false;
  for (const [i, each] of value.results.entries()) {
    const at = `${where}.results[${i}]`;
    for (const item of conform(each, result, (one) => sarifResult(one, value, at), undefined, at)) {
      if (item.type === 'outcome' && item.verdict === 'pass') passes = true;
      yield item;
    }
  }
  yield { type: 'run', population: passes ? 'all' : 'failures' };
}

function* ofInvocations(
  { invocations, externalPropertyFileReferences, tool }: Run,
  where: string,
): Generator<Item> {
  for (const [i, invocation] of (invocations ?? []).entries()) {
    const { executionSuccessful, exitCode, exitCodeDescription, exitSignalName } = invocation;
    if (executionSuccessful === false) {
      const why = [exitCode == null ? '' : `exit code ${exitCode}`, exitSignalName, exitCodeDescription];
      const said = why.filter(Boolean).join(', ') || 'executionSuccessful is false';
      // A problem and not only a fact: of several runs each may fail.
      yield {
        type: 'problem',
        message: `${where}: ${tool.driver.name} says that it did not run to its end: ${said}`,
        hint: 'What it did not look at is not in the report.',
      };
    }
    const said = [
      ...(invocation.toolExecutionNotifications ?? []),
      ...(invocation.toolConfigurationNotifications ?? []),
    ];
    for (const { level, message } of said)
      if (level === 'error')
        yield {
          type: 'problem',
          message: `${where}.invocations[${i}]: ${message?.text ?? 'an error without a message'}`,
        };
  }
  if (externalPropertyFileReferences?.results?.length)
    yield {
      type: 'problem',
      message: `${where}: results lie in other files, which are not read`,
      hint: 'Let the tool write one file.',
    };
}
