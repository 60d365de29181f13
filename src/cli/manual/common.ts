import { auditDraft, plainDetails } from '../../audit/index.ts';
import { checkName } from '../../lake/index.ts';
import { ExhibitError, isPlainName, redactText } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../scope/control.ts';
import { VERSION } from '../version.ts';
import type { Output } from './show.ts';

export interface PlaceFlags {
  evidence?: string;
  /** Who does it; a reference to the name is recorded, not the name. */
  as?: string;
  output: Output;
}

/** `soc2/cc1.1`, one or several. @throws ExhibitError USAGE */
export function splitControls(given: readonly string[]): { framework: string; control: string }[] {
  return [...new Set(given)].map((name) => {
    const { framework, control = '' } = controlOf({ control: name });
    if (framework === undefined)
      throw new ExhibitError('USAGE', `--control ${JSON.stringify(name)} is not FRAMEWORK/CONTROL`, {
        hint: 'Example: --control soc2/cc1.1',
      });
    return { framework: checkName('framework', framework), control: checkName('control', control) };
  });
}

/**
 * Ids of AI systems, each once; one `undefined` where none is named, for evidence that is about no system.
 * @throws ExhibitError USAGE
 */
export function splitSystems(given: readonly string[]): (string | undefined)[] {
  const names = [...new Set(given.map((name) => bounded('--ai-system', name, 256)))];
  const odd = names.find((name) => !isPlainName(name));
  if (odd !== undefined)
    throw new ExhibitError('USAGE', `--ai-system ${JSON.stringify(odd)} has signs that nobody sees`, {
      hint: 'Write the id of the registration (kind: ai-system), such as credit-scoring.',
    });
  return names.length === 0 ? [undefined] : names;
}

/** A UTC day. @throws ExhibitError USAGE */
export function checkDay(flag: string, day: string): string {
  const there =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day);
  if (there) return day;
  throw new ExhibitError('USAGE', `${flag} ${JSON.stringify(day)} is no day`, {
    hint: 'Example: 2026-12-31.',
  });
}

/** A text for people without credentials; nothing is cut off silently. @throws ExhibitError USAGE */
export function bounded(flag: string, text: string, most: number): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= most) return flag === '--attest' ? trimmed : redactText(trimmed);
  throw new ExhibitError('USAGE', `${flag} has ${trimmed.length} characters; 1 to ${most} are taken`);
}

/** The record of something that was done with manual evidence. */
export function draft(
  { kind, ...details }: { kind: string },
  message: string,
  actor: string,
  { clock, random }: Context,
): ReturnType<typeof auditDraft> {
  return auditDraft(
    {
      type: 'manual',
      kind,
      message,
      details: plainDetails(details),
      actor,
    },
    { clock, random, version: VERSION },
  );
}
