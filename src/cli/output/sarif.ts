import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Policy } from '../../policy/index.ts';
import type { Severity } from '../../record/index.ts';
import type { CheckReport, CheckResult } from '../report/report.ts';
import { inertJson } from '../terminal/json.ts';
import type { Render } from './format.ts';
import { advisoryLines } from './plain.ts';

/** GitHub refuses a file with more results in a run, and one that is larger than this when it is packed. */
export const SARIF_RESULT_LIMIT = 25_000;
export const SARIF_PACKED_LIMIT = 10 * 1024 * 1024;
/** Of what it takes, it shows the most severe. */
export const SARIF_SHOWN_LIMIT = 5_000;
/** It reads at most so many tags of a rule. */
const TAG_LIMIT = 20;

/**
 * SARIF 2.1.0: one run; a rule a policy, with its controls as tags and a security severity; a waived result carries a
 * suppression instead of being left out; what could not be judged is a notification and `executionSuccessful: false`.
 */
export const sarif: Render = (report) => {
  for (let most = SARIF_RESULT_LIMIT; ; most = Math.floor(most / 2)) {
    const text = sarifWith(report, most);
    // Text packs to less than its size, so a small one need not be packed to know.
    if (text.length <= SARIF_PACKED_LIMIT || most === 0 || gzipSync(text).length <= SARIF_PACKED_LIMIT)
      return text;
  }
};

function sarifWith(report: CheckReport, most: number): string {
  const findings = report.results.filter((result) => result.verdict === 'fail' || result.verdict === 'error');
  const open = report.results.filter(
    (result) => result.verdict === 'not_evaluated' || result.verdict === 'error',
  );
  // Results are sorted by severity, so what is cut is the least severe, and the cut is said.
  const kept = findings.slice(0, most);
  const notifications: Notification[] = open.map(notification);
  if (kept.length < findings.length) {
    notifications.push({
      level: 'warning',
      message: {
        text: `${findings.length - kept.length} of ${findings.length} results, the least severe, are not in this file: GitHub takes ${SARIF_RESULT_LIMIT} in a run, and 10 MB packed. Use -o json for all.`,
      },
    });
  }
  if (kept.length > SARIF_SHOWN_LIMIT)
    notifications.push(
      note(`GitHub shows the ${SARIF_SHOWN_LIMIT} most severe of the ${kept.length} results in this file.`),
    );
  for (const line of advisoryLines(report)) notifications.push(note(line));
  const ruleIds = [...new Set(kept.map((result) => result.rule_id))].sort();
  const run = {
    tool: {
      driver: {
        name: 'Exhibit',
        rules: ruleIds.map((id) => rule(id, kept, report.policies)),
      },
    },
    invocations: [
      {
        executionSuccessful: open.length === 0,
        exitCode: report.exit_code,
        exitCodeDescription: report.reason,
        toolExecutionNotifications: notifications,
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: kept.map((result) => resultOf(result, ruleIds.indexOf(result.rule_id))),
    properties: {
      bundle: report.bundle.digest,
      revision: report.bundle.revision,
      summary: report.summary,
      ...(report.advisory === undefined ? {} : { advisory: report.advisory }),
    },
  };
  return `${inertJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, 2)}\n`;
}

function note(text: string): Notification {
  return { level: 'warning', message: { text } };
}

function rule(id: string, results: readonly CheckResult[], policies: readonly Policy[]) {
  const sample = results.find((result) => result.rule_id === id);
  const policy = policies.find((candidate) => candidate.id === sample?.policy_id);
  const severity = sample?.severity ?? 'medium';
  return {
    id,
    shortDescription: { text: policy?.title ?? id },
    fullDescription: { text: policy?.description || policy?.title || id },
    help: { text: policy?.remediation ?? 'See the policy repository.' },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      // All controls stand with each result.
      tags: ['compliance', ...(sample?.controls ?? [])].slice(0, TAG_LIMIT),
      'security-severity': SCORE[severity],
    },
  };
}

const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** GitHub's bands: over 9.0 critical, 7.0 high, 4.0 medium, below low. */
const SCORE: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.1',
};

function resultOf(result: CheckResult, ruleIndex: number) {
  return {
    ruleId: result.rule_id,
    ruleIndex,
    level: result.verdict === 'error' ? 'error' : LEVEL[result.severity],
    message: {
      text: [result.message ?? result.verdict, result.fix === undefined ? '' : `Fix: ${result.fix}`]
        .filter(Boolean)
        .join(' '),
    },
    ...(result.file === undefined ? {} : { locations: [location(result, result.file)] }),
    partialFingerprints: { 'exhibitSubject/v1': fingerprint(result) },
    ...(result.disposition === 'waived'
      ? {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: `override ${result.override_id ?? '?'}` },
          ],
        }
      : {}),
    properties: {
      verdict: result.verdict,
      disposition: result.disposition,
      severity: result.severity,
      subject: result.subject,
      controls: result.controls,
      ...(result.known === undefined ? {} : { known: result.known }),
    },
  };
}

function location(result: CheckResult, file: string) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(file) },
      ...(result.line === undefined
        ? {}
        : {
            region: {
              startLine: result.line,
              ...(result.column === undefined ? {} : { startColumn: result.column }),
            },
          }),
    },
    logicalLocations: [{ fullyQualifiedName: result.subject.id, kind: 'resource' }],
  };
}

/** A relative URI reference; every segment is encoded, so that `%0A` in a name stays what it is. */
function uri(file: string): string {
  return file.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/** Without the line, so that a finding keeps its identity when lines move. */
function fingerprint(result: CheckResult): string {
  return createHash('sha256')
    .update(JSON.stringify([result.rule_id, result.subject.type, result.subject.id, result.file ?? '']))
    .digest('hex');
}

interface Notification {
  level: 'error' | 'warning';
  descriptor?: { id: string };
  message: { text: string };
  locations?: unknown[];
}

function notification(result: CheckResult): Notification {
  return {
    level: 'error',
    descriptor: { id: result.rule_id },
    message: { text: `${result.verdict}: ${result.message ?? result.subject.id}` },
    ...(result.file === undefined ? {} : { locations: [location(result, result.file)] }),
  };
}
