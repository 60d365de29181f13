import { z } from 'zod';
import type { Location } from '../../record/index.ts';
import { malformed } from './outcome.ts';

export interface Message {
  message: string;
  location?: Location;
  details?: Record<string, unknown>;
}

const located = z.object({ file: z.string().min(1).optional(), line: z.int().min(1).optional() });
const mapped = z.looseObject({ msg: z.string(), _loc: located.optional() });

/**
 * Results of a Conftest or Gatekeeper rule: strings, or objects with `msg` and anything else.
 * @throws ExhibitError ENGINE_ERROR for anything else, as Conftest itself refuses it
 */
export function readMessages(rule: string, value: unknown): Message[] {
  const items = Array.isArray(value) ? value : value === undefined || value === false ? [] : [value];
  return items.map((item) => readMessage(rule, item)).sort(byText);
}

function readMessage(rule: string, item: unknown): Message {
  if (typeof item === 'string') return { message: item };
  const parsed = mapped.safeParse(item);
  if (!parsed.success)
    throw malformed(
      `${rule} gave a result without a text`,
      'A result is a string or an object with the string msg.',
    );
  const { msg, _loc: at, ...details } = parsed.data;
  const location = {
    ...(at?.file === undefined ? {} : { file: at.file }),
    ...(at?.line === undefined ? {} : { line: at.line }),
  };
  return {
    message: msg,
    ...(Object.keys(location).length === 0 ? {} : { location }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** One judgement of several results: the first in order, all of them in details. */
export function mergeMessages(messages: readonly Message[]): Partial<Message> {
  const [first] = messages;
  if (first === undefined || messages.length === 1) return { ...first };
  return { ...first, details: { ...first.details, violations: messages.map((each) => ({ ...each })) } };
}

const byText = (a: Message, b: Message): number =>
  a.message < b.message ? -1 : Number(a.message > b.message);
