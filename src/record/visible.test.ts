import { expect, it } from 'vitest';
import { visible } from './visible.ts';

it('shows what would turn a text around, or is not seen, and leaves the rest', () => {
  expect(visible('a\u202eb\u2066c\u200bd\u2028e')).toBe('a\\u{202e}b\\u{2066}c\\u{200b}d\\u{2028}e');
  expect(visible('größer, 戸, \n\t"<>')).toBe('größer, 戸, \n\t"<>');
});
