import { createHash } from 'node:crypto';
import type { Severity } from '../../record/index.ts';
import type { CheckReport, CheckResult } from '../report/report.ts';
import { inertJson } from '../terminal/json.ts';
import type { Render } from './format.ts';
import { toShow } from './order.ts';
import { ADVISORY, doneAbout } from './plain.ts';

/**
 * GitLab's Code Quality report. A fingerprint does not change with the line, and is the only one of its kind: GitLab drops a second. An
 * advisory gate and what has no file stand at the path `.`.
 * @see https://docs.gitlab.com/ci/testing/code_quality/
 */
export const gitlab: Render = (report) => {
  const seen = new Map<string, number>();
  const issues = toShow(report).map((result) => {
    const key = JSON.stringify([
      result.rule_id,
      result.subject.type,
      result.subject.id,
      result.file ?? '',
      result.message ?? '',
    ]);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return issue(result, hash(`${key}\n${times}`));
  });
  return `${inertJson([...gateItself(report), ...issues], 2)}\n`;
};

const SEVERITY: Record<Severity, 'info' | 'minor' | 'major' | 'critical' | 'blocker'> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

function issue(result: CheckResult, fingerprint: string) {
  const done = doneAbout(result);
  const state =
    result.verdict === 'fail' && done === ''
      ? ''
      : `${result.verdict.replace('_', ' ')}${done === '' ? '' : `, ${done}`}: `;
  const fix = result.fix === undefined ? '' : ` Fix: ${result.fix}`;
  return {
    description: `${state}${result.message ?? result.subject.id}${fix}`,
    check_name: result.rule_id,
    fingerprint,
    severity: result.disposition === 'waived' ? 'info' : SEVERITY[result.severity],
    // Relative and without ./, else GitLab finds no line to show it at.
    location: {
      path: result.file === undefined || result.file === '' ? '.' : result.file.replace(/^(\.\/)+/, ''),
      lines: { begin: result.line ?? 1 },
    },
  };
}

function gateItself({ advisory }: CheckReport) {
  if (advisory === undefined) return [];
  return [
    {
      description: `${ADVISORY} Otherwise: exit ${advisory.exit_code}: ${advisory.reason}`,
      check_name: 'exhibit/advisory',
      fingerprint: hash('exhibit/advisory'),
      severity: 'info',
      location: { path: '.', lines: { begin: 1 } },
    },
  ];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
