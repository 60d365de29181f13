import { describe, expect, it } from 'vitest';
import { formatAddCheckpoint, parseAddCheckpoint } from './index.ts';

/** The example of c2sp.org/tlog-witness. */
const EXAMPLE = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
const hash = 'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=';

describe('the body of add-checkpoint', () => {
  it('is read and written as the example of the specification', () => {
    const read = parseAddCheckpoint(Buffer.from(EXAMPLE));
    expect([read.old, read.proof.length]).toEqual([20_852_014, 4]);
    expect(read.note.split('\n').slice(0, 2)).toEqual(['example.com/behind-the-sofa', '20852163']);
    expect(formatAddCheckpoint(read)).toBe(EXAMPLE);
  });

  it.each([
    ['no blank line', 'old 3\nnote\n'],
    ['no old line', `${hash}\n\nnote`],
    ['a leading zero', 'old 03\n\nnote'],
    ['a sign', 'old -3\n\nnote'],
    ['a size beyond 2^53', 'old 9007199254740993\n\nnote'],
    ['two spaces', 'old  3\n\nnote'],
    ['a carriage return', 'old 3\r\n\nnote'],
    ['a hash of 31 bytes', `old 3\n${Buffer.alloc(31).toString('base64')}\n\nnote`],
    ['a hash without padding', `old 3\n${hash.slice(0, -1)}\n\nnote`],
    ['64 hashes', `old 3\n${`${hash}\n`.repeat(64)}\nnote`],
  ])('is refused with %s', (_, body) => {
    expect(() => parseAddCheckpoint(Buffer.from(body))).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });

  it('is refused when it is not UTF-8; 63 hashes are taken', () => {
    expect(() => parseAddCheckpoint(Buffer.from([0xff, 0x0a, 0x0a]))).toThrow(/UTF-8/);
    expect(parseAddCheckpoint(Buffer.from(`old 3\n${`${hash}\n`.repeat(63)}\nnote`)).proof).toHaveLength(63);
  });
});
