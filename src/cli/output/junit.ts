import type { CheckResult } from '../report/report.ts';
import { OBEYED, withoutCommands } from '../terminal/text.ts';
import type { Render } from './format.ts';
import { closingLines } from './plain.ts';

/**
 * JUnit XML: a suite a policy, a case a subject. fail is a failure, error and not_evaluated are errors (never a
 * success), waived and not_applicable are skipped with the reason.
 */
export const junit: Render = (report) => {
  const suites = new Map<string, CheckResult[]>();
  for (const result of report.results) {
    const suite = suites.get(result.policy_id);
    if (suite === undefined) suites.set(result.policy_id, [result]);
    else suite.push(result);
  }
  const body = [...suites].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, results]) => suiteXml(id, results));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="exhibit">\n${body.join('')}</testsuites>\n<!-- ${comment(closingLines(report).join('; '))} -->\n`;
};

function suiteXml(id: string, results: readonly CheckResult[]): string {
  const kinds = results.map(kindOf);
  const count = (kind: Kind) => kinds.filter((k) => k === kind).length;
  const attributes = [
    attribute('name', id),
    attribute('tests', String(results.length)),
    attribute('failures', String(count('failure'))),
    attribute('errors', String(count('error'))),
    attribute('skipped', String(count('skipped'))),
  ].join('');
  const controls = results[0]?.controls ?? [];
  const properties =
    controls.length === 0
      ? ''
      : `    <properties>\n${controls.map((c) => `      <property name="control"${attribute('value', c)}/>\n`).join('')}    </properties>\n`;
  return `  <testsuite${attributes}>\n${properties}${results.map(caseXml).join('')}  </testsuite>\n`;
}

type Kind = 'success' | 'failure' | 'error' | 'skipped';

function kindOf(result: CheckResult): Kind {
  if (result.disposition === 'waived') return 'skipped';
  switch (result.verdict) {
    case 'pass':
      return 'success';
    case 'fail':
      return 'failure';
    case 'error':
    case 'not_evaluated':
      return 'error';
    case 'not_applicable':
      return 'skipped';
  }
}

function caseXml(result: CheckResult): string {
  const place = [result.file, result.line, result.column].filter((part) => part !== undefined).join(':');
  const head =
    `    <testcase${attribute('classname', result.rule_id)}${attribute('name', result.subject.id)}` +
    (result.file === undefined ? '' : attribute('file', result.file)) +
    (result.line === undefined ? '' : attribute('line', String(result.line)));
  const kind = kindOf(result);
  if (kind === 'success') return `${head}/>\n`;
  const why = result.disposition === 'waived' ? `waived by ${result.override_id ?? '?'}: ` : '';
  const message = attribute('message', `${why}${result.message ?? result.verdict}`);
  if (kind === 'skipped') return `${head}>\n      <skipped${message}/>\n    </testcase>\n`;
  const text = [place, result.fix === undefined ? '' : `fix: ${result.fix}`]
    .filter((line) => line !== '')
    .join('\n');
  return `${head}>\n      <${kind}${message}${attribute('type', result.severity)}>${escapeText(text)}</${kind}>\n    </testcase>\n`;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(value).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;')}"`;
}

/** No two hyphens stand beside one another in a comment, nor one at its end. XML 1.0 section 2.5. */
function comment(value: string): string {
  return escapeXml(value).replace(/-(?=-|$)/g, '- ');
}

/** Text in which no line begins with what a pipeline would take for a command. */
function escapeText(value: string): string {
  return escapeXml(value).replace(/^([ \t]*):(?=:)/gm, '$1&#58;');
}

/** XML 1.0 text: what XML cannot hold at all becomes U+FFFD. */
function escapeXml(value: string): string {
  const escaped = value
    .toWellFormed()
    .replace(ILLEGAL, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(OBEYED, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
  return withoutCommands(escaped, '&#35;');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 section 2.2 forbids
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
