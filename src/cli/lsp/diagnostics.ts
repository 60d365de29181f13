import type { Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Policy, Problem } from '../../policy/index.ts';
import type { Disposition, Verdict } from '../../record/index.ts';
import { ERROR, INFORMATION, note, rangeAt, SOURCE, WARNING } from './diagnostic-place.ts';
import { messageOf, oneLine, type Shown, visible } from './diagnostic-text.ts';

/** Most diagnostics of one file; one more says how many there are, so that nothing is cut off in silence. */
export const MOST = 1_000;

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

function andMore(count: number): Diagnostic {
  return note(
    `${count} more are not shown. \`exhibit check\` on this file lists all of them.`,
    { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    'more',
  );
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
