import { ExhibitError, formatInstant, redactText, uuidv7 } from '../../record/index.ts';
import {
  type Act,
  type Finding,
  isOpen,
  type Nis2Step,
  respondSettings,
  responseRecord,
} from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { instantOf } from '../instant.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';
import { findFinding, findingsOf } from './load.ts';
import { type OutputFlags, printFinding } from './show.ts';

const MOST_TEXT = 4_000;

export interface ActFlags extends OutputFlags {
  /** Who answers; a reference to the name is recorded, not the name. */
  as?: string;
  text?: string;
}

/** What somebody asks for, before it is looked at. */
export type Asked =
  | { action: 'acknowledge' | 'comment' }
  | { action: 'assign'; owner: string }
  | { action: 'snooze'; until: string }
  | { action: 'incident'; known?: string }
  | { action: 'submit'; step: Nis2Step; reference: string; at?: string };

/**
 * Records a response to a finding and shows the finding as it is now. Nothing that is said here closes it.
 * @throws ExhibitError NOT_FOUND, USAGE, RESPONSE_REFUSED
 */
export async function respondTo(
  id: string,
  asked: Asked,
  flags: ActFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const settings = respondSettings(flags.config, context);
  const ledger = await openWriter(folder, context);
  try {
    const before = findFinding((await findingsOf(ledger, settings, context)).findings, id);
    const now = context.clock();
    if (flags.text !== undefined) bounded('--text', flags.text, MOST_TEXT);
    const act = actOf(asked, before, now);
    const draft = responseRecord(before, act, {
      record_id: uuidv7(now, context.random),
      now,
      actor: actorHere(folder, flags.as, context.random),
      text: flags.text,
      tool_version: VERSION,
    });
    await ledger.appendNumbered([draft]);
    await ledger.seal();
    await remember(ledger, context);
    const after = await findingsOf(ledger, settings, context);
    printFinding(findFinding(after.findings, before.id), after, flags.output, context);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

function actOf(asked: Asked, finding: Finding, now: number): Act {
  switch (asked.action) {
    case 'comment':
      return { action: 'comment' };
    case 'acknowledge':
      requireOpen(finding, 'acknowledged');
      return { action: 'acknowledge' };
    case 'assign':
      return { action: 'assign', owner: redactText(bounded('--to', asked.owner.trim(), 256)) };
    case 'snooze':
      return snooze(asked.until, finding, now);
    case 'incident':
      return { action: 'incident', known_at: formatInstant(past('--known', asked.known, now)) };
    case 'submit': {
      if (finding.incident === undefined)
        throw new ExhibitError('USAGE', `${finding.id} is not marked as an incident`, {
          hint: `exhibit findings incident ${finding.id} --known TIME starts its clock.`,
        });
      const submitted_at = formatInstant(past('--at', asked.at, now));
      const reference = redactText(bounded('--reference', asked.reference, 2_048));
      return { action: 'incident_step', step: asked.step, submitted_at, reference };
    }
  }
}

function snooze(text: string, finding: Finding, now: number): Act {
  requireOpen(finding, 'snoozed');
  const until = instantOf('--until', text, '23:59:59.999Z');
  if (until <= now)
    throw new ExhibitError('USAGE', '--until is over already', { hint: 'Name a later time.' });
  if (until > finding.deadline.due)
    throw new ExhibitError(
      'RESPONSE_REFUSED',
      `${finding.id} is due at ${formatInstant(finding.deadline.due)}; a snooze ends before that`,
      { hint: 'What is to wait longer needs an override: exhibit override request.' },
    );
  return { action: 'snooze', until: formatInstant(until) };
}

/** Nothing is cut off silently. */
function bounded(flag: string, text: string, most: number): string {
  if (text !== '' && text.length <= most) return text;
  throw new ExhibitError('USAGE', `${flag} has ${text.length} characters; 1 to ${most} are taken`, {
    hint: 'Put what is long where it can be linked to.',
  });
}

function requireOpen({ id, state }: Finding, what: string): void {
  if (!isOpen(state))
    throw new ExhibitError('RESPONSE_REFUSED', `${id} is ${state}: only what is open is ${what}`, {
      hint: 'exhibit findings comment says something about it.',
    });
}

function past(flag: string, text: string | undefined, now: number): number {
  const time = text === undefined ? now : instantOf(flag, text, '00:00:00.000Z');
  if (time > now)
    throw new ExhibitError('USAGE', `${flag} lies in the future`, { hint: 'Name when it was.' });
  return time;
}
