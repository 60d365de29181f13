import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, lineOf, placeOf, severityOf } from '../../values.ts';
import { objectOf, textOf } from '../unpack.ts';

const text = z.string().nullish();
const count = z.number().nullish();
const scan = z.looseObject({
  id: text,
  createdAt: text,
  status: z.looseObject({ state: text, verdict: text }),
  result: z.looseObject({
    ruleMatches: z.array(z.unknown()).nullish(),
    secrets: z.array(z.unknown()).nullish(),
    scanStatistics: z
      .looseObject({
        infoMatches: count,
        lowMatches: count,
        mediumMatches: count,
        highMatches: count,
        criticalMatches: count,
        filesFound: count,
        filesParsed: count,
        queriesExecutionFailed: count,
      })
      .nullish(),
  }),
});
const ruleMatch = z.looseObject({
  rule: z.looseObject({ id: z.string().min(1), name: text }),
  severity: text,
  matches: z.array(
    z.looseObject({
      resourceName: text,
      fileName: text,
      lineNumber: z.number().nullish(),
      expected: text,
      found: text,
      fileType: text,
      remediationInstructions: text,
    }),
  ),
});
const secret = z.looseObject({ type: text, path: z.string().min(1), lineNumber: z.number().nullish() });

/** wizcli's JSON of an `iac scan`. Only what was found is in it. */
export const wizCli: Source = {
  id: 'wiz-cli',
  title: 'Wiz CLI, iac scan',
  tool: 'wiz',
  layer: 'ci',
  population: 'failures',
  reference: 'https://github.com/DefectDojo/django-DefectDojo: dojo/tools/wizcli_iac',

  detect({ first }: Sample) {
    const result = objectOf(objectOf(first)?.result);
    return objectOf(objectOf(first)?.status) !== undefined && result !== undefined && 'ruleMatches' in result
      ? 'it has status and result.ruleMatches'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), scan, ofScan);
  },
};

function* ofScan({ createdAt, status, result }: z.infer<typeof scan>): Generator<Item> {
  const { ruleMatches, secrets, scanStatistics: seen } = result;
  const bySeverity = [
    seen?.infoMatches,
    seen?.lowMatches,
    seen?.mediumMatches,
    seen?.highMatches,
    seen?.criticalMatches,
  ];
  const matches = bySeverity.every((each) => each == null)
    ? undefined
    : bySeverity.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  yield {
    type: 'run',
    started: instantOf(createdAt),
    scanned: seen?.filesParsed ?? undefined,
    // totalMatches is 0 beside matches; the counts by severity are those of the rules, without secrets.
    ...(matches === undefined ? {} : { stated: { fail: matches + (secrets?.length ?? 0) } }),
    ...(status.state === 'SUCCESS' ? {} : { failed: `its state is ${status.state ?? 'not said'}` }),
    note: `verdict of the tool: ${status.verdict ?? 'none'}; ${seen?.filesParsed ?? '?'} of ${seen?.filesFound ?? '?'} files parsed`,
  };
  if ((seen?.queriesExecutionFailed ?? 0) > 0)
    yield { type: 'problem', message: `${seen?.queriesExecutionFailed} queries of the scan failed to run` };
  for (const [index, each] of (ruleMatches ?? []).entries())
    yield* conform(each, ruleMatch, ofRule, undefined, `result.ruleMatches[${index}]`);
  for (const [index, each] of (secrets ?? []).entries())
    yield* conform(each, secret, ofSecret, undefined, `result.secrets[${index}]`);
}

function* ofRule({ rule, severity, matches }: z.infer<typeof ruleMatch>): Generator<Item> {
  for (const match of matches) {
    const file = textOf(match.fileName);
    yield {
      type: 'outcome',
      check: rule.id,
      subject: {
        type: textOf(match.fileType)?.toLowerCase() ?? 'resource',
        id: textOf(match.resourceName) ?? file ?? 'unnamed',
      },
      verdict: 'fail',
      severity: severityOf(severity),
      message: [rule.name, match.found].filter(textOf).join(': '),
      fix: textOf(match.remediationInstructions) ?? textOf(match.expected),
      file: file === undefined ? undefined : placeOf(file),
      line: lineOf(match.lineNumber),
    };
  }
}

/** Neither description nor snippet: both may hold the secret. */
function* ofSecret({ type, path, lineNumber }: z.infer<typeof secret>): Generator<Item> {
  const kind = (textOf(type) ?? 'secret').toLowerCase();
  yield {
    type: 'outcome',
    check: `secret-${kind.replaceAll('_', '-')}`,
    subject: { type: 'file', id: path },
    verdict: 'fail',
    message: `a secret in the file: ${kind.replaceAll('_', ' ')}`,
    file: placeOf(path),
    line: lineOf(lineNumber),
  };
}
