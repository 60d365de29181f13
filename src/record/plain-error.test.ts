import { expect, test } from 'vitest';
import { ExhibitError, fromPlain, toPlain } from './index.ts';

test('an error keeps code, place, hint and details on its way; what cannot be sent is left out', () => {
  const error = new ExhibitError('QUERY_FAILED', 'too long', {
    location: { file: 'a.sql', line: 3 },
    hint: 'Ask for less.',
    details: { seconds: 5, call: () => 1 },
  });
  const back = fromPlain(structuredClone(toPlain(error)), 'INTERNAL');
  expect(back).toBeInstanceOf(ExhibitError);
  expect(back).toMatchObject({
    code: 'QUERY_FAILED',
    message: 'too long',
    location: { file: 'a.sql', line: 3 },
    hint: 'Ask for less.',
    details: { seconds: 5 },
  });
});

test('an error of another class gets the code that the receiver names', () => {
  expect(fromPlain(toPlain(new RangeError('no')), 'LEDGER_IO')).toMatchObject({
    code: 'LEDGER_IO',
    message: 'no',
  });
  expect(fromPlain(toPlain('text'), 'LEDGER_IO').message).toBe('text');
});
