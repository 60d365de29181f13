import { z } from 'zod';
import { isObject } from '../../record/index.ts';

const text = z.string().min(1);
export const subjectSchema = z.object({ type: text, id: text, name: text, environment: text.optional() });
const reference = z.union([text, z.object({ id: text }).transform(({ id }) => id)]);
const path = z.array(z.union([z.string(), z.int().min(0)]));
export const violationSchema = z.object({
  subject: reference,
  message: text,
  path: path.optional(),
  fix: text.optional(),
  details: z.record(z.string(), z.json()).optional(),
  // A help for an editor, read where it is offered: what is wrong with it changes no verdict.
  edit: z.unknown().optional(),
});
export const unknownSchema = z.object({ subject: reference, message: text, path: path.optional() });
/** What a policy says of one subject. */
export type Statement = z.infer<typeof violationSchema>;
type Stated = z.infer<typeof subjectSchema>;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isStep = (step: unknown): step is string | number =>
  typeof step === 'string' || (Number.isSafeInteger(step) && (step as number) >= 0);

/**
 * A subject as `subjectSchema` reads it: a run has thousands, and the schema takes as long for them as the rules do.
 * @param item of JSON
 * @returns undefined where the schema has to say what is wrong
 */
export function quickSubject(item: unknown): Stated | undefined {
  if (!isObject(item)) return undefined;
  const { type, id, name, environment } = item;
  if (!isText(type) || !isText(id) || !isText(name)) return undefined;
  if (environment === undefined) return { type, id, name };
  return isText(environment) ? { type, id, name, environment } : undefined;
}

/** A violation as `violationSchema` reads it, likewise; one with details goes through the schema. */
export function quickViolation(item: unknown): Statement | undefined {
  if (!isObject(item) || item.details !== undefined) return undefined;
  const { fix, edit } = item;
  const unknown = quickUnknown(item);
  if (unknown === undefined || (fix !== undefined && !isText(fix))) return undefined;
  return { ...unknown, ...(fix === undefined ? {} : { fix }), ...(edit === undefined ? {} : { edit }) };
}

/** What could not be told, as `unknownSchema` reads it, likewise. */
export function quickUnknown(item: unknown): z.infer<typeof unknownSchema> | undefined {
  if (!isObject(item)) return undefined;
  const { message, path: at } = item;
  const subject = isObject(item.subject) ? item.subject.id : item.subject;
  if (!isText(subject) || !isText(message)) return undefined;
  if (at === undefined) return { subject, message };
  return Array.isArray(at) && at.every(isStep) ? { subject, message, path: at } : undefined;
}
