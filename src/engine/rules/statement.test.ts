import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  quickSubject,
  quickUnknown,
  quickViolation,
  subjectSchema,
  unknownSchema,
  violationSchema,
} from './statement.ts';

/** JSON that is right as often as it is nearly right. */
const text = fc.oneof({ weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 3 }) }, fc.jsonValue());
const step = fc.oneof(fc.string(), fc.nat(), fc.constantFrom(-1, 1.5, 2 ** 53, null));
const path = fc.oneof({ weight: 3, arbitrary: fc.array(step, { maxLength: 3 }) }, fc.jsonValue());
const reference = fc.oneof(text, fc.record({ id: text }, { requiredKeys: [] }));
const near = fc.oneof(
  fc.record(
    {
      type: text,
      id: text,
      name: text,
      environment: text,
      subject: reference,
      message: text,
      path,
      fix: text,
      details: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
      edit: fc.jsonValue(),
      more: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

describe.each([
  ['a subject', quickSubject, subjectSchema],
  ['a violation', quickViolation, violationSchema],
  ['what could not be told', quickUnknown, unknownSchema],
] as const)('%s read by the quick look', (_name, quick, schema) => {
  it('is what the schema reads, or left to it', () => {
    fc.assert(
      fc.property(near, (value) => {
        const item: unknown = JSON.parse(JSON.stringify(value));
        const read = quick(item);
        if (read !== undefined) expect(schema.safeParse(item).data).toEqual(read);
      }),
      { numRuns: 400 },
    );
  });
});

it('knows what the policies of the library say', () => {
  const subject = { type: 'database', id: 'a', name: 'a' };
  expect(quickSubject({ ...subject, more: 1 })).toEqual(subject);
  expect(quickSubject({ ...subject, environment: 'prod' })).toEqual({ ...subject, environment: 'prod' });
  const said = { subject: 'a', message: 'not encrypted', path: ['spec', 0] };
  expect(quickViolation({ ...said, subject, fix: 'encrypt it', edit: { value: true } })).toEqual({
    ...said,
    fix: 'encrypt it',
    edit: { value: true },
  });
  expect(quickUnknown({ ...said, fix: 'x' })).toEqual(said);
});
