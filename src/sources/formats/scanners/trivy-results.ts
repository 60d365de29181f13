import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Outcome } from '../../types.ts';
import { lineOf, placeOf, severityOf, verdictBy } from '../../values.ts';
import { trivyCheck } from './trivy-check.ts';

const text = z.string().nullish();
const list = z.array(z.unknown()).nullish();
const count = z.number().int().nonnegative().optional();

export const trivyResult = z.looseObject({
  Target: z.string(),
  Class: text,
  Type: text,
  MisconfSummary: z.looseObject({ Successes: count, Failures: count, Exceptions: count }).nullish(),
  Misconfigurations: list,
  Vulnerabilities: list,
  Secrets: list,
  Licenses: list,
  ExperimentalModifiedFindings: list,
});
type Result = z.infer<typeof trivyResult>;

const misconfiguration = z.looseObject({
  ID: text,
  AVDID: text,
  Title: text,
  Message: text,
  Resolution: text,
  Severity: text,
  Status: z.string(),
  PrimaryURL: text,
  CauseMetadata: z.looseObject({ Resource: text, StartLine: z.number().nullish() }).nullish(),
});
const vulnerability = z.looseObject({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().min(1),
  InstalledVersion: text,
  FixedVersion: text,
  Title: text,
  Severity: text,
  PrimaryURL: text,
});
// `Match` and `Code` are not asked for: where the masking fails they hold the secret.
const secret = z.looseObject({
  RuleID: z.string().min(1),
  Title: text,
  Severity: text,
  StartLine: z.number().nullish(),
});
const license = z.looseObject({
  Name: z.string().min(1),
  Category: text,
  PkgName: text,
  FilePath: text,
  Severity: text,
});
const modified = z.looseObject({
  Type: z.string(),
  Status: text,
  Statement: text,
  Source: text,
  Finding: z.unknown(),
});

/** What holds the results: a resource of a cluster, or nothing for files and images. */
export interface Holder {
  subject?: Outcome['subject'];
  details?: Record<string, unknown>;
}

/** What a report holds besides its rows, added up over its results. */
export class Tally {
  /** Passes and failures by the report's own word; findings other than misconfigurations are counted by their rows. */
  pass = 0;
  fail = 0;
  /** Rows that are no failures are there: `--include-non-failures`. */
  passes = false;
  results = 0;
}

const VERDICT = verdictBy({ PASS: 'pass', FAIL: 'fail' });

/** Rows of one result. */
export function* ofResult(result: Result, holder: Holder, tally: Tally, where: string): Generator<Item> {
  const { MisconfSummary, Misconfigurations, Vulnerabilities, Secrets, Licenses } = result;
  tally.results += 1;
  tally.pass += MisconfSummary?.Successes ?? 0;
  tally.fail += MisconfSummary?.Failures ?? 0;
  const rows = { Misconfigurations, Vulnerabilities, Secrets, Licenses };
  for (const [name, each] of Object.entries(rows) as [keyof typeof READERS, unknown[] | null | undefined][])
    for (const [i, row] of (each ?? []).entries())
      for (const item of READERS[name](row, result, holder, `${where}.${name}[${i}]`)) {
        if (item.type === 'outcome' && name === 'Misconfigurations') {
          if (item.verdict !== 'fail') tally.passes = true;
          if (MisconfSummary == null && item.verdict === 'fail') tally.fail += 1;
          if (MisconfSummary == null && item.verdict === 'pass') tally.pass += 1;
        }
        if (item.type === 'outcome' && name !== 'Misconfigurations') tally.fail += 1;
        yield item;
      }
  for (const [i, each] of (result.ExperimentalModifiedFindings ?? []).entries()) {
    const at = `${where}.ExperimentalModifiedFindings[${i}]`;
    for (const item of conform(
      each,
      modified,
      (value) => suppressed(value, result, holder, at),
      undefined,
      at,
    )) {
      if (item.type === 'outcome' && item.verdict === 'fail') tally.fail += 1;
      yield item;
    }
  }
}

type Reader = (row: unknown, result: Result, holder: Holder, where: string) => Generator<Item>;

const READERS = {
  Misconfigurations: (row, result, holder, where) =>
    conform(
      row,
      misconfiguration,
      (value) => ofMisconfiguration(value, result, holder, where),
      undefined,
      where,
    ),
  Vulnerabilities: (row, result, holder, where) =>
    conform(row, vulnerability, (value) => ofVulnerability(value, result, holder), undefined, where),
  Secrets: (row, result, holder, where) =>
    conform(row, secret, (value) => ofSecret(value, result, holder), undefined, where),
  Licenses: (row, result, holder, where) =>
    conform(row, license, (value) => ofLicense(value, result, holder), undefined, where),
} satisfies Record<string, Reader>;

function* ofMisconfiguration(
  value: z.infer<typeof misconfiguration>,
  result: Result,
  holder: Holder,
  where: string,
): Generator<Item> {
  const id = value.ID ?? value.AVDID ?? '';
  if (id === '') {
    yield { type: 'problem', message: `${where}: it has neither ID nor AVDID`, file: placeOf(result.Target) };
    return;
  }
  const resource = value.CauseMetadata?.Resource ?? '';
  const check = trivyCheck(id);
  yield {
    type: 'outcome',
    check,
    subject: holder.subject ?? {
      type: result.Type || result.Class || 'file',
      id: resource === '' ? result.Target : resource,
    },
    verdict: VERDICT(value.Status),
    severity: severityOf(value.Severity),
    message: value.Message || value.Title || undefined,
    fix: value.Resolution || undefined,
    file: placeOf(result.Target),
    line: lineOf(value.CauseMetadata?.StartLine),
    // Rego exceptions of versions before 0.57.
    suppressed: value.Status === 'EXCEPTION' ? { kind: 'exception in Rego' } : undefined,
    details: {
      ...holder.details,
      ...(value.Title == null ? {} : { title: value.Title }),
      ...(check === id ? {} : { id }),
      ...(value.PrimaryURL == null ? {} : { url: value.PrimaryURL }),
    },
  };
}

function* ofVulnerability(
  value: z.infer<typeof vulnerability>,
  result: Result,
  { details }: Holder,
): Generator<Item> {
  const version = value.InstalledVersion ?? '';
  const name = version === '' ? value.PkgName : `${value.PkgName}@${version}`;
  yield {
    type: 'outcome',
    check: value.VulnerabilityID,
    subject: { type: 'package', id: `${result.Target}/${name}`, name },
    verdict: 'fail',
    severity: severityOf(value.Severity),
    message: value.Title || `${name} has ${value.VulnerabilityID}`,
    fix: value.FixedVersion ? `Take ${value.PkgName} ${value.FixedVersion}.` : undefined,
    file: result.Class === 'os-pkgs' ? undefined : placeOf(result.Target),
    details: { ...details, ...(value.PrimaryURL == null ? {} : { url: value.PrimaryURL }) },
  };
}

function* ofSecret(value: z.infer<typeof secret>, { Target }: Result, { details }: Holder): Generator<Item> {
  yield {
    type: 'outcome',
    check: value.RuleID,
    subject: { type: 'file', id: Target },
    verdict: 'fail',
    severity: severityOf(value.Severity),
    message: value.Title ?? undefined,
    fix: 'Take the secret out, and make it invalid where it is used.',
    file: placeOf(Target),
    line: lineOf(value.StartLine),
    details,
  };
}

function* ofLicense(
  value: z.infer<typeof license>,
  { Target }: Result,
  { details }: Holder,
): Generator<Item> {
  const name = value.PkgName || value.FilePath || Target;
  yield {
    type: 'outcome',
    check: `license/${value.Name}`,
    subject: { type: 'package', id: `${Target}/${name}`, name },
    verdict: 'fail',
    severity: severityOf(value.Severity),
    message: `${name} is under ${value.Name}`,
    file: value.FilePath ? placeOf(value.FilePath) : undefined,
    details: { ...details, ...(value.Category == null ? {} : { category: value.Category }) },
  };
}

const LIST_OF: Readonly<Record<string, keyof typeof READERS>> = {
  misconfiguration: 'Misconfigurations',
  vulnerability: 'Vulnerabilities',
  secret: 'Secrets',
  license: 'Licenses',
};

/** A finding that an ignore file or a VEX document took away (`--show-suppressed`): it was found all the same. */
function* suppressed(
  value: z.infer<typeof modified>,
  result: Result,
  holder: Holder,
  where: string,
): Generator<Item> {
  const name = Object.hasOwn(LIST_OF, value.Type) ? LIST_OF[value.Type] : undefined;
  if (name === undefined) {
    yield { type: 'problem', message: `${where}: its type is ${value.Type}, which is not known here` };
    return;
  }
  for (const item of READERS[name](value.Finding, result, holder, `${where}.Finding`))
    yield item.type !== 'outcome'
      ? item
      : {
          ...item,
          suppressed: {
            kind: value.Source
              ? `${value.Status ?? 'modified'} by ${value.Source}`
              : (value.Status ?? 'modified'),
            reason: value.Statement ?? undefined,
          },
        };
}
