import type { Diagnostic, DiagnosticSeverity, Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { InputDocument, JsonPath } from '../../inputs/index.ts';
import type { ControlLink, Policy, Problem } from '../../policy/index.ts';
import type { Disposition, Location, Verdict } from '../../record/index.ts';

/** Where diagnostics say they come from. */
export const SOURCE = 'exhibit';
/** Most diagnostics of one file; one more says how many there are, so that nothing is cut off in silence. */
export const MOST = 1_000;

export const ERROR = 1 satisfies DiagnosticSeverity;
export const WARNING = 2 satisfies DiagnosticSeverity;
export const INFORMATION = 3 satisfies DiagnosticSeverity;
export const HINT = 4 satisfies DiagnosticSeverity;

/** What a decision shows of itself in an editor. */
export interface Shown {
  policy_id: string;
  rule_id: string;
  subject: string;
  verdict: Verdict;
  disposition: Disposition;
  severity: string;
  message: string;
  fix?: string;
  override_id?: string;
  code?: string;
  location: Location;
  document?: InputDocument;
  path?: JsonPath;
  edit?: unknown;
}

/** What a diagnostic carries for those who ask for code actions, or read it by a program. */
export interface DiagnosticData {
  policy: string;
  rule: string;
  subject: string;
  verdict: Verdict;
  disposition: Disposition;
  severity: string;
  controls: string[];
  override?: string;
  /** Number of what the policy proposes to write, among those of this version of the file. */
  edit?: number;
}

export interface Surroundings {
  policies: ReadonlyMap<string, Policy>;
  /** Page of a policy; undefined where there is none. */
  pageOf: (policy: string) => string | undefined;
  /** Where the policy's rule lies, for what leads from a control to it; the diagnostic's own place where it is not at hand. */
  sourceOf: (policy: string) => string | undefined;
  /** The client shows related information. */
  related: boolean;
}

/**
 * Diagnostics of what was decided about one file. Red is what stops a commit; what a layer only warns of is yellow; what it observes,
 * what is waived, and what could not be judged is information, and so is never mistaken for clean.
 * @param edits takes each proposed edit, and gives its number
 */
export function diagnosticsOf(
  shown: readonly Shown[],
  text: TextDocument,
  around: Surroundings,
  edits: (one: Shown) => number | undefined,
): Diagnostic[] {
  const all = shown.slice(0, MOST).map((one) => diagnosticOf(one, text, around, edits(one)));
  if (shown.length > MOST) all.push(andMore(shown.length - MOST));
  return all;
}

function diagnosticOf(
  one: Shown,
  text: TextDocument,
  around: Surroundings,
  edit: number | undefined,
): Diagnostic {
  const policy = around.policies.get(one.policy_id);
  const controls = policy?.controls ?? [];
  const href = around.pageOf(one.policy_id) ?? around.sourceOf(one.policy_id);
  const range = rangeAt(text, one.location);
  const data: DiagnosticData = {
    policy: one.policy_id,
    rule: one.rule_id,
    subject: one.subject,
    verdict: one.verdict,
    disposition: one.disposition,
    severity: one.severity,
    controls: controls.map(({ control }) => control),
    ...(one.override_id === undefined ? {} : { override: one.override_id }),
    ...(edit === undefined ? {} : { edit }),
  };
  const uri = around.sourceOf(one.policy_id);
  return {
    range,
    severity: severityOf(one),
    source: SOURCE,
    code: one.policy_id,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    message: messageOf(one, controls),
    ...(around.related && controls.length > 0
      ? {
          relatedInformation: controls.map((link) => ({
            location:
              uri === undefined
                ? { uri: text.uri, range }
                : { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } },
            message: `${link.control} (${link.strength}): ${oneLine(link.rationale)}`,
          })),
        }
      : {}),
    data,
  };
}

function severityOf({ verdict, disposition }: Shown): DiagnosticSeverity {
  if (verdict !== 'fail') return INFORMATION;
  if (disposition === 'enforced') return ERROR;
  return disposition === 'warned' ? WARNING : INFORMATION;
}

/** Why first, then what to do; the rule and its controls last. */
function messageOf(one: Shown, controls: readonly ControlLink[]): string {
  const names = controls.map(({ control }) => control).join(', ');
  const lines = [
    `${lead(one)}${one.message}`,
    ...(one.fix === undefined ? [] : [`fix: ${one.fix}`]),
    `${one.policy_id} (${one.severity})${names === '' ? '' : `: ${names}`}`,
  ];
  return lines.map(visible).join('\n');
}

function lead({ verdict, disposition, override_id }: Shown): string {
  if (verdict === 'not_evaluated' || verdict === 'error') return 'not judged: ';
  if (disposition === 'waived') return `waived by ${override_id ?? 'an override'}: `;
  return disposition === 'observed' ? 'observed: ' : '';
}

/** One line of text, in which what cannot be seen shows. */
function visible(text: string): string {
  return oneLine(text).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function andMore(count: number): Diagnostic {
  return note(
    `${count} more are not shown. \`exhibit check\` on this file lists all of them.`,
    { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    'more',
  );
}

/** Something that is no verdict: information at a place. */
export function note(message: string, range: Range, code: string): Diagnostic {
  return { range, severity: INFORMATION, source: SOURCE, code, message };
}

/** Longest that is underlined, in UTF-16 code units: a file may be one line of megabytes. */
const LONGEST = 200;

/** From a place to the end of what is written on its line. Without a place: the file's first character. */
export function rangeAt(text: TextDocument, { line, column }: Location): Range {
  const start = { line: Math.max(0, (line ?? 1) - 1), character: Math.max(0, (column ?? 1) - 1) };
  if (line === undefined) return { start, end: { line: 0, character: 1 } };
  const rest = text
    .getText({ start, end: { line: start.line, character: start.character + LONGEST } })
    .replace(/\s+$/, '');
  return { start, end: { line: start.line, character: start.character + Math.max(1, rest.length) } };
}

/** What lint found in a file of a policy repository. */
export function problemDiagnostic(problem: Problem, text: TextDocument): Diagnostic {
  const { severity, rule, message, hint, location } = problem;
  return {
    range: rangeAt(text, { line: 1, ...location }),
    severity: severity === 'error' ? ERROR : WARNING,
    source: SOURCE,
    code: rule,
    message: [message, ...(hint === undefined ? [] : [`fix: ${hint}`])].map(visible).join('\n'),
    data: { rule, message },
  };
}
