import type { InputDocument, JsonPath } from '../../inputs/index.ts';
import type { ControlLink } from '../../policy/index.ts';
import type { Disposition, Location, Verdict } from '../../record/index.ts';

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

/** Why first, then what to do; the rule and its controls last. */
export function messageOf(one: Shown, controls: readonly ControlLink[]): string {
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
export function visible(text: string): string {
  return oneLine(text).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
