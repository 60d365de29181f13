import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, VERDICTS } from '../../record/index.ts';
import { duration, meaning } from './words.ts';

describe('words of the page', () => {
  it.each([
    [0, 'less than a minute'],
    [1, '1 minute'],
    [60, '1 hour'],
    [1500, '1 day 1 hour'],
    [5820, '4 days 1 hour'],
    [1441, '1 day'],
  ])('%d minutes are %s', (minutes, text) => {
    expect(duration(minutes)).toBe(text);
  });

  it('no verdict but pass says that a rule holds', () => {
    for (const verdict of VERDICTS)
      for (const disposition of DISPOSITIONS)
        expect(meaning(verdict, disposition).includes('rule holds')).toBe(verdict === 'pass');
    expect(meaning('fail', 'waived')).toBe('The rule does not hold; an override let it through.');
    expect(meaning('not_evaluated', 'enforced')).toBe('The plan did not know the value yet; it blocked.');
  });
});
