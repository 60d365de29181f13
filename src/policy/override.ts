import { z } from 'zod';
import { canonicalize, DAY_MILLISECONDS, LAYERS, type Severity } from '../record/index.ts';
import { SELF_APPROVED } from './approval/reasons.ts';
import { digestOf } from './hash.ts';
import { readInstant } from './instant.ts';
import { describe } from './issue.ts';
import { type Person, readPerson, samePerson, visibleText } from './person.ts';
import { foreignCheck, LONGEST_DAYS, policyId, scopeSchema } from './schema.ts';
import { suggest } from './suggest.ts';
import type { LongestDays, Override, OverrideScope } from './types.ts';

const line = z.string().trim().min(1).max(256);
/** For the published schema, so that an editor finds a time without an offset; `readInstant` says the rest. */
const INSTANT_PATTERN =
  '^\\d{4}-\\d{2}-\\d{2}([Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:[0-5]\\d))?$';
const instant = (description: string) => z.string().meta({ description, pattern: INSTANT_PATTERN });
/** `overrides/*.yaml`, as it is written. */
export const overrideFileSchema = z.strictObject({
  id: line,
  policy: z
    .union([policyId, foreignCheck], {
      error: 'expected a policy’s id, or TOOL/CHECK for a check of another tool',
    })
    .describe('id of a policy; or TOOL/CHECK for a check of another tool, as the control map names it'),
  scope: scopeSchema.meta({
    description:
      'one or more fields, which must all match; * is any text within a segment, ** any text; what matches everything does not apply',
    minProperties: 1,
  }),
  owner: line.describe('an address, a handle or a name'),
  approver: line.describe('another person than the owner'),
  reason: z
    .string()
    .trim()
    .max(4_096)
    .refine(saysWhy, 'must say why in words with at least 20 letters or digits')
    .meta({ minLength: 20 }),
  ticket: z.url({ protocol: /^https?$/, error: 'must be the http(s) URL of a ticket' }),
  created: instant('a day, or an RFC 3339 instant with seconds and offset; a bare day begins it'),
  sunset: instant('the same; a bare day ends with that day in UTC'),
  compensating_control: z.string().max(4_096).optional(),
});

/** Why an override does not apply, and the field that is to blame; an empty path where no single one is. */
export interface OverrideFault {
  path: readonly PropertyKey[];
  message: string;
}

/**
 * One override from its parsed value.
 * @param policies severity of every policy by its id
 * @param longest days that an override may last, by the severity of its policy
 * @returns the override, or in words why it does not apply
 */
export function readOverride(
  value: unknown,
  policies: ReadonlyMap<string, Severity>,
  longest: LongestDays = LONGEST_DAYS,
): Override | string {
  const read = examineOverride(value, policies, longest);
  return Array.isArray(read) ? read.map(({ message }) => message).join('; ') : read;
}

/** As `readOverride`, with the field of each fault. */
export function examineOverride(
  value: unknown,
  policies: ReadonlyMap<string, Severity>,
  longest: LongestDays = LONGEST_DAYS,
): Override | OverrideFault[] {
  const fault = (message: string, ...path: string[]): OverrideFault[] => [{ path, message }];
  const parsed = overrideFileSchema.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({ path: issue.path, message: describe(issue) }));
  const { compensating_control, scope: given, ...written } = parsed.data;
  const created = readInstant(written.created, '00:00:00.000Z');
  const sunset = readInstant(written.sunset, '23:59:59.999Z');
  if (created === undefined)
    return fault(`created is not a date: ${JSON.stringify(written.created)}`, 'created');
  if (sunset === undefined) return fault(`sunset is not a date: ${JSON.stringify(written.sunset)}`, 'sunset');
  if (sunset < created) return fault(`its sunset ${sunset} lies before its creation ${created}`, 'sunset');
  const self = approvesItself(written.owner, written.approver);
  if (self !== undefined) return fault(self, 'approver');
  // Of a check of another tool nobody knows here how severe it is: the shortest time holds.
  const severity =
    policies.get(written.policy) ?? (foreignCheck.safeParse(written.policy).success ? 'critical' : undefined);
  if (severity === undefined) return fault(noPolicy(written.policy, policies.keys()), 'policy');
  const days = longest[severity];
  if (Date.parse(sunset) - Date.parse(created) > days * DAY_MILLISECONDS)
    return fault(
      `from ${created} to ${sunset} is longer than the ${days} days that an override of a ${severity} policy may last`,
      'sunset',
    );
  // Optional members of the scope that zod left undefined are not there in JSON.
  const scope = JSON.parse(JSON.stringify(given)) as OverrideScope;
  if (matchesEverything(scope)) return fault('its scope matches everything: name what it is for', 'scope');
  return {
    ...written,
    scope,
    created,
    sunset,
    ...(compensating_control === undefined ? {} : { compensating_control }),
    digest: digestOf(canonicalize(value)),
  };
}

/** Stands for an approver who is not known yet; nobody else has this name. */
const NOBODY_YET = 'nobody-yet.invalid';

/**
 * As `readOverride`, of a request that may name no approver yet.
 * @returns the override as it would be, or in words why it would not apply whoever approved it
 */
export function readRequest(
  value: { approver?: string },
  policies: ReadonlyMap<string, Severity>,
  longest?: LongestDays,
): Override | string {
  return readOverride({ ...value, approver: value.approver ?? NOBODY_YET }, policies, longest);
}

/** In words, where owner and approver cannot be told to be two people. */
function approvesItself(owner: string, approver: string): string | undefined {
  const people: Person[] = [];
  for (const [role, text] of Object.entries({ owner, approver })) {
    const person = readPerson(text);
    if (typeof person === 'string') return `its ${role} ${person}`;
    people.push(person);
  }
  const [a, b] = people;
  return a !== undefined && b !== undefined && samePerson(a, b) ? `${SELF_APPROVED} (${owner})` : undefined;
}

function noPolicy(id: string, known: Iterable<string>): string {
  const near = suggest(id, known);
  return `there is no policy ${id}${near === undefined ? '' : `; did you mean ${near}?`}`;
}

/** Dots and invisible characters say nothing, and neither does one long word. */
function saysWhy(text: string): boolean {
  const visible = visibleText(text);
  if ((visible.match(/[\p{L}\p{N}]/gu) ?? []).length < 20) return false;
  // By dictionary, since not every script puts spaces between words.
  const words = [...new Intl.Segmenter('en', { granularity: 'word' }).segment(visible)];
  return words.filter(({ isWordLike }) => isWordLike === true).length > 1;
}

/** True where no given field narrows anything: each has a pattern of stars only, or names every layer. */
function matchesEverything({ layers, ...globs }: OverrideScope): boolean {
  if (layers !== undefined && !LAYERS.every((layer) => layers.includes(layer))) return false;
  return Object.values(globs).every((patterns) => patterns.some((pattern) => /^[*/]+$/.test(pattern)));
}
