import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTED, redact } from './redact.ts';
import { withoutShapes } from './redact-shapes.ts';
import { redactText } from './redact-text.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const PARTS = [
  ...[
    'password',
    'token: ',
    '=hunter2-hunter2',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_',
    'a'.repeat(36),
    '://u:p@h',
    '\n',
  ],
  ...[
    '{"password":"',
    '"}',
    '["',
    '","',
    '"]',
    '--password',
    '-px',
    'mysql',
    '[',
    '{',
    ' ',
    '\ud800',
    'é',
    '--- ',
  ],
  ...[
    'kind: Secret',
    'data:',
    ' x: y',
    'arn:aws:s3:::bucket-1',
    'Basic ',
    base64('user:password-1'),
    '@',
    '\\n',
  ],
  ...[
    base64('{"password":"hunter2-hunter2"}'),
    base64('plain text of some length'),
    '[redacted]',
    '\\u0070ass',
    '=',
  ],
];

describe('a text for people without credentials', () => {
  it('is what all rules make of it, also where a quick look finds nothing', () => {
    let same = 0;
    let changed = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PARTS) }, fc.string({ maxLength: 12 })),
          {
            maxLength: 8,
          },
        ),
        (parts) => {
          const text = parts.join('');
          const { value } = redact({ text: withoutShapes(text, REDACTED) });
          const found = redactText(text);
          expect(found).toBe((value as { text: string }).text);
          if (found === text) same += 1;
          else changed += 1;
        },
      ),
      { numRuns: 20_000 },
    );
    expect(Math.min(same, changed)).toBeGreaterThan(1_000);
  });

  it.each([
    [JSON.stringify(['prowler-1', 'check', 'arn:aws:s3:::b', 1, null]), 'kept'],
    [JSON.stringify(['x', 'AKIAIOSFODNN7EXAMPLE']), 'changed'],
    [JSON.stringify(['--password', 'x1y2z3']), 'changed'],
    [JSON.stringify([{ password: 'hunter2-hunter2' }]), 'changed'],
  ])('%s is %s', (text, expected) => {
    expect(redactText(text) === text ? 'kept' : 'changed').toBe(expected);
  });
});
