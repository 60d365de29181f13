import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatVkey, levelOf, makeVkey, meetsQuorum, parseTrustPolicy, requireQuorum } from './index.ts';
import { nodeCrypto } from './node.ts';
import { cosigner } from './testing/cosigner.ts';

const { sha256 } = nodeCrypto;
const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'];
const witnesses = names.map((name, at) => cosigner(`${name}.example.com`, at + 1));
const keys = witnesses.map(({ key }) => key);
const LOG = makeVkey(sha256, 'example.com/log', Buffer.alloc(32, 9));
const log = `log ${formatVkey(LOG)}\n`;
const lines = names.map((name, at) => `witness ${name} ${formatVkey(keys[at] ?? LOG)}\n`).join('');

const read = (text: string) => parseTrustPolicy(sha256, Buffer.from(text));
const signed = (by: readonly number[]) => ({
  origin: LOG.name,
  size: 1,
  root: new Uint8Array(32),
  extensions: [],
  key: LOG,
  witnesses: by.map((at) => ({ key: keys[at] ?? LOG, time: 0 })),
});

// c2sp.org/tlog-policy, "Example policy"
const EXAMPLE = `# two organisations
${log}
${lines}
\tgroup X-witnesses 2 X1 X2 X3
group Y-witnesses any  Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('a trust policy', () => {
  it('asks for what the example of the specification says, for every set of witnesses', () => {
    const { quorum, logs } = read(EXAMPLE);
    expect(logs.map(formatVkey)).toEqual([formatVkey(LOG)]);
    if (quorum === undefined) return expect.fail('no quorum');
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4, 5]), (by) => {
        const two = by.filter((at) => at < 3).length >= 2;
        const one = by.some((at) => at >= 3);
        expect(meetsQuorum(quorum, signed(by))).toBe(two && one);
      }),
    );
  });

  it('may ask for one witness, or for none', () => {
    const one = read(`${lines}quorum X2\n`);
    expect(() => requireQuorum(one, signed([0, 2]))).toThrowError(
      /quorum X2 is not reached; co-signed by X1/,
    );
    requireQuorum(one, signed([1]));
    requireQuorum(read('quorum none\n'), signed([]));
  });

  it('does not take the key of the log for a witness', () => {
    const own = makeVkey(sha256, 'w', LOG.publicKey, 'cosignature');
    expect(() => read(`${log}witness w ${formatVkey(own)}\nquorum w\n`)).toThrowError(/key of the log/);
    const apart = read(`witness w ${formatVkey(own)}\nquorum w\n`);
    const checkpoint = { ...signed([]), witnesses: [{ key: own, time: 0 }] };
    expect(() => requireQuorum(apart, checkpoint)).toThrowError(/no witness of the policy/);
    expect(levelOf(checkpoint, [LOG, own])).toMatchObject({ witnessed: [], witnessesGiven: 0 });
  });

  const again = formatVkey(makeVkey(sha256, 'other', keys[0]?.publicKey ?? LOG.publicKey, 'cosignature'));
  it.each([
    ['no quorum', lines, /no quorum/],
    ['two quorums', `quorum none\nquorum none\n`, /second quorum/],
    ['an unknown name', `${lines}quorum Z\n`, /no line before defines/],
    ['a name that is defined later', `group g any X1\n${lines}quorum g\n`, /no line before defines/],
    ['a member of two groups', `${lines}group a any X1\ngroup b any X1\nquorum a\n`, /member twice/],
    ['a member twice', `${lines}group a 2 X1 X1\nquorum a\n`, /member twice/],
    ['none as a member', `${lines}group a any none\nquorum a\n`, /no line before defines/],
    ['a witness named none', `witness none ${again}\nquorum none\n`, /defines "none" twice/],
    ['one key under two names', `${lines}witness X9 ${again}\nquorum X9\n`, /key of other twice/],
    ['a log twice', `${log}${log}quorum none\n`, /twice/],
    ['the key of a log as a witness', `witness w ${formatVkey(LOG)}\nquorum w\n`, /another type/],
    ['the key of a witness as a log', `log ${again}\nquorum none\n`, /another type/],
    ['more than there are', `${lines}group a 3 X1 X2\nquorum a\n`, /asks for "3" of 2/],
    ['zero', `${lines}group a 0 X1\nquorum a\n`, /asks for "0" of 1/],
    ['a leading zero', `${lines}group a 01 X1\nquorum a\n`, /asks for "01" of 1/],
    ['an empty group', `${lines}group a all\nquorum a\n`, /not `group/],
    ['an unknown word', 'witnesses\nquorum none\n', /unknown word/],
    ['a carriage return', 'quorum none\r\n', /control character/],
    ['no last newline', 'quorum none', /cut off/],
    [
      '257 logs',
      `${Array.from({ length: 257 }, (_, i) => `log ${formatVkey(makeVkey(sha256, 'l', Buffer.alloc(32, Buffer.from([i >> 8, i & 255, 7]))))}\n`).join('')}quorum none\n`,
      /more than 256/,
    ],
  ])('is refused with %s', (_, text, why) => {
    expect(() => read(text)).toThrowError(why);
    expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('is refused where it is not UTF-8, or too long', () => {
    expect(() => parseTrustPolicy(sha256, Uint8Array.of(0xff, 0x0a))).toThrowError(/not UTF-8/);
    expect(() => parseTrustPolicy(sha256, new Uint8Array(262_145))).toThrowError(/longer than/);
  });
});

it('counts one key once, under however many names it co-signed', () => {
  const twin = makeVkey(sha256, 'twin', keys[0]?.publicKey ?? LOG.publicKey, 'cosignature');
  const checkpoint = signed([0]);
  checkpoint.witnesses.push({ key: twin, time: 0 });
  const level = levelOf(checkpoint, [LOG, ...keys.slice(0, 2), twin]);
  expect(level.witnessed.map(({ name }) => name)).toEqual(['X1.example.com']);
  expect(level.witnessesGiven).toBe(2);
});
