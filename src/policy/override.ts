import { z } from 'zod';
import { canonicalize, formatInstant } from '../record/index.ts';
import { digestOf } from './hash.ts';
import { describe } from './issue.ts';
import { isDay, policyId, scopeSchema } from './schema.ts';
import type { Override, OverrideScope } from './types.ts';

const line = z.string().trim().min(1).max(256);
const schema = z.strictObject({
  id: line,
  policy: policyId,
  scope: scopeSchema,
  owner: line,
  approver: line,
  reason: z
    .string()
    .trim()
    .max(4_096)
    .refine((text) => text.length >= 20, 'must say why in at least 20 characters'),
  ticket: z.url({ protocol: /^https?$/, error: 'must be the http(s) URL of a ticket' }),
  created: z.string(),
  sunset: z.string(),
  compensating_control: z.string().max(4_096).optional(),
});

/**
 * One override from its parsed value.
 * @returns the override, or in words why it does not apply
 */
export function readOverride(value: unknown, policies: ReadonlySet<string>): Override | string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return parsed.error.issues.map(describe).join('; ');
  const { compensating_control, scope, ...written } = parsed.data;
  const created = readInstant(written.created, '00:00:00.000Z');
  const sunset = readInstant(written.sunset, '23:59:59.999Z');
  if (created === undefined) return `created is not a date: ${JSON.stringify(written.created)}`;
  if (sunset === undefined) return `sunset is not a date: ${JSON.stringify(written.sunset)}`;
  if (sunset < created) return `its sunset ${sunset} lies before its creation ${created}`;
  if (fold(written.owner) === fold(written.approver)) return `its approver is its owner (${written.owner})`;
  if (!policies.has(written.policy)) return `there is no policy ${written.policy}`;
  return {
    ...written,
    // Optional members of the scope that zod left undefined are not there in JSON.
    scope: JSON.parse(JSON.stringify(scope)) as OverrideScope,
    created,
    sunset,
    ...(compensating_control === undefined ? {} : { compensating_control }),
    digest: digestOf(canonicalize(value)),
  };
}

/** Names that differ in case, spaces or compatible letters only are one person. */
function fold(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * RFC 3339 with its offset, or a bare day, which gets the given time of that day in UTC. A time without an offset has
 * another meaning on every machine and is refused.
 */
function readInstant(text: string, timeOfDay: string): string | undefined {
  if (isDay(text)) return `${text}T${timeOfDay}`;
  const [, day = '', time = '', , , offset = ''] = INSTANT.exec(text) ?? [];
  if (day === '' || !isDay(day)) return undefined;
  const at = Date.parse(`${day}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : formatInstant(at);
}
