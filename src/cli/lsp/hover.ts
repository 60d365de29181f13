import type { Policy } from '../../policy/index.ts';

/** Longest id of a policy. */
const LONGEST = 128;

/** The word at a place of a line, if it has the form of a policy's id: lower-case words joined by `-`. */
export function idAt(
  line: string,
  character: number,
): { id: string; start: number; end: number } | undefined {
  const part = (at: number) => /[a-z0-9-]/.test(line[at] ?? '');
  let start = Math.min(character, line.length);
  let end = start;
  while (start > 0 && character - start <= LONGEST && part(start - 1)) start -= 1;
  while (end < line.length && end - start <= LONGEST && part(end)) end += 1;
  const id = line.slice(start, end);
  // Part of a longer word is another word: of Box-sealed, or box_sealed.
  const alone = !/\w/.test(line[start - 1] ?? '') && !/\w/.test(line[end] ?? '');
  return alone && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) ? { id, start, end } : undefined;
}

/**
 * What is known of a policy, for a hover: title, severity, owner, controls with rationale, what to do about a fail.
 * @param markdown whether the client shows Markdown; else plain text
 */
export function describePolicy(policy: Policy, markdown: boolean): string {
  const bold = (text: string) => (markdown ? `**${escaped(text)}**` : text);
  const plain = (text: string) => (markdown ? escaped(flat(text)) : flat(text));
  const layers = Object.entries(policy.layers).map(([layer, mode]) => `${layer} ${mode}`);
  return [
    bold(flat(policy.title)),
    plain(`${policy.id}: ${policy.severity}, owner ${policy.owner}`),
    plain(`layers: ${layers.join(', ')}; since ${policy.since}`),
    ...policy.controls.map(({ control, strength, rationale }) =>
      plain(`${control} (${strength}): ${rationale}`),
    ),
    plain(`To fix a fail: ${policy.remediation}`),
  ].join('\n\n');
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Text as Markdown that shows it as it is: no link, no image, no HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&');
}
