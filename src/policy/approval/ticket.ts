import { z } from 'zod';
import { canonicalize, type Digest, instant } from '../../record/index.ts';
import { digestSchema, ticketCheckSchema } from '../schema.ts';
import type { Files, Override, TicketCheck } from '../types.ts';

/** Where the answer of the tracker is kept: beside the override, so that a build asks nobody. */
export const ticketFile = (file: string): string => file.replace(/\.ya?ml$/, '.ticket.json');

const receiptSchema = z.strictObject({
  schema: z.literal('exhibit.ticket/1'),
  override_digest: digestSchema,
  ticket: z.string(),
  ...ticketCheckSchema.shape,
  checked_at: instant,
});

/** What a tracker said of an override's ticket, as bytes of its file. */
export function ticketReceipt(override: Pick<Override, 'digest' | 'ticket'>, check: TicketCheck): Uint8Array {
  const receipt = {
    schema: 'exhibit.ticket/1',
    override_digest: override.digest,
    ticket: override.ticket,
    ...check,
  };
  return Buffer.from(`${canonicalize(receipt)}\n`);
}

/** What was found out about an override's ticket; an answer about other bytes of the override counts for nothing. */
export function ticketCheck(
  files: Files,
  file: string,
  override: { digest: Digest; ticket: string },
): TicketCheck {
  const unchecked = (why: string): TicketCheck => ({ state: 'unchecked', owner: 'unknown', why });
  const name = ticketFile(file);
  const bytes = files.get(name);
  if (bytes === undefined) return unchecked('nobody asked the tracker');
  const parsed = receiptSchema.safeParse(json(bytes));
  if (!parsed.success) return unchecked(`${name} is not what a check writes`);
  const { schema: _, override_digest, ticket, ...check } = parsed.data;
  if (override_digest !== override.digest || ticket !== override.ticket)
    return unchecked('the override was changed after its ticket was checked');
  return check;
}

/** Why an override with this check does not apply; undefined: it does. */
export function refusedTicket(check: TicketCheck, unchecked: 'apply' | 'reject'): string | undefined {
  if (check.state === 'closed') return 'its ticket is closed';
  if (check.state === 'missing') return 'its ticket is not there';
  if (check.owner === 'differs') return 'its ticket is not assigned to its owner';
  if (unchecked === 'apply') return undefined;
  if (check.state === 'unchecked') return `its ticket is unchecked: ${check.why ?? 'nobody knows why'}`;
  return check.owner === 'unknown'
    ? `whether its ticket is assigned to its owner is unknown: ${check.why ?? 'nobody knows why'}`
    : undefined;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
