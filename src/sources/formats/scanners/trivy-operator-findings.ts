import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Outcome } from '../../types.ts';
import { severityOf } from '../../values.ts';
import { trivyCheck } from './trivy-check.ts';

const text = z.string().nullish();

const check = z.looseObject({
  checkID: z.string().min(1),
  success: z.boolean(),
  severity: text,
  title: text,
  category: text,
  remediation: text,
  messages: z.array(z.string()).nullish(),
});
const vulnerability = z.looseObject({
  vulnerabilityID: z.string().min(1),
  resource: z.string().min(1),
  installedVersion: text,
  fixedVersion: text,
  severity: text,
  title: text,
  primaryLink: text,
});
// `match` is not asked for: where the masking fails it holds the secret.
const secret = z.looseObject({ ruleID: z.string().min(1), target: text, title: text, severity: text });

interface About {
  subject: Outcome['subject'];
  observed_at: string | undefined;
  details: Record<string, unknown>;
  where: string;
}

type Base = Pick<Outcome, 'type' | 'subject' | 'observed_at' | 'details'>;

const CHECKS = {
  list: 'checks',
  *read(row: unknown, about: Base, where: string): Generator<Item> {
    yield* conform(
      row,
      check,
      function* (value) {
        const id = trivyCheck(value.checkID);
        yield {
          ...about,
          check: id,
          verdict: value.success ? 'pass' : 'fail',
          severity: severityOf(value.severity),
          message: value.messages?.filter((each) => each !== '').join('; ') || value.title || undefined,
          fix: value.remediation || undefined,
          details: {
            ...about.details,
            ...(value.title == null ? {} : { title: value.title }),
            ...(id === value.checkID ? {} : { id: value.checkID }),
          },
        };
      },
      undefined,
      where,
    );
  },
};

const VULNERABILITIES = {
  list: 'vulnerabilities',
  *read(row: unknown, about: Base, where: string): Generator<Item> {
    yield* conform(
      row,
      vulnerability,
      function* (value) {
        const name = value.installedVersion ? `${value.resource}@${value.installedVersion}` : value.resource;
        yield {
          ...about,
          check: value.vulnerabilityID,
          subject: { type: 'package', id: `${about.subject.id}/${name}`, name },
          verdict: 'fail',
          severity: severityOf(value.severity),
          message: value.title || `${name} has ${value.vulnerabilityID}`,
          fix: value.fixedVersion ? `Take ${value.resource} ${value.fixedVersion}.` : undefined,
          details: { ...about.details, ...(value.primaryLink ? { url: value.primaryLink } : {}) },
        };
      },
      undefined,
      where,
    );
  },
};

const SECRETS = {
  list: 'secrets',
  *read(row: unknown, about: Base, where: string): Generator<Item> {
    yield* conform(
      row,
      secret,
      function* (value) {
        yield {
          ...about,
          check: value.ruleID,
          verdict: 'fail',
          severity: severityOf(value.severity),
          message: value.title ?? undefined,
          fix: 'Take the secret out, and make it invalid where it is used.',
          details: { ...about.details, ...(value.target ? { target: value.target } : {}) },
        };
      },
      undefined,
      where,
    );
  },
};

const KINDS: Readonly<Record<string, typeof CHECKS>> = {
  ConfigAuditReport: CHECKS,
  RbacAssessmentReport: CHECKS,
  InfraAssessmentReport: CHECKS,
  VulnerabilityReport: VULNERABILITIES,
  ExposedSecretReport: SECRETS,
};
/** Each also stands with `Cluster` before it. */
export const OPERATOR_KINDS: ReadonlySet<string> = new Set(Object.keys(KINDS));

/** Rows of one report of a known kind. */
export function* operatorFindings(
  kind: string,
  report: Readonly<Record<string, unknown>>,
  { where, ...about }: About,
): Generator<Item> {
  const reader = KINDS[kind.replace(/^Cluster/, '')];
  if (reader === undefined) return;
  const rows = report[reader.list];
  if (!Array.isArray(rows)) {
    yield {
      type: 'problem',
      message: `${where}report.${reader.list}: it is not a list`,
      hint: 'The report is damaged, or of a version that is not known here.',
    };
    return;
  }
  for (const [i, row] of rows.entries())
    yield* reader.read(row, { type: 'outcome', ...about }, `${where}report.${reader.list}[${i}]`);
}
