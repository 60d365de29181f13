import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, isExhibitError } from '../record/index.ts';
import { parseEntry, scanEntry } from './entry.ts';
import { readEntry } from './index.ts';

const encoder = new TextEncoder();
const base = {
  emitter: 'ci',
  layer: 'ci',
  record_id: '01890a5d-ac96-774b-bcce-b302099a8057',
  record_type: 'decision',
  recorded_at: '2026-11-23T09:00:01.500Z',
  schema: 'exhibit.record/1',
  tool: 'exhibit',
  verdict: 'fail',
};

/** What a reader says of some bytes: the facts, or the code and message of its refusal. */
function answer(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return [error.code, error.message];
  }
}

const same = (bytes: Uint8Array) => expect(answer(readEntry, bytes)).toEqual(answer(parseEntry, bytes));
const entry = (text: string) => encoder.encode(text);
const withDetails = (text: string) => entry(`{"details":${text},${canonicalize(base).slice(1)}`);

const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });
const record = fc
  .record({ ext: fc.string({ unit: 'binary' }), details: json, line: fc.double(), message: fc.string() })
  .map((more) => ({ ...base, ...more }));

describe('an entry that is read without parsing it', () => {
  it('gives what parsing gives, for records of every content', () => {
    fc.assert(
      fc.property(record, (value) => {
        // JSON itself writes 1e300 and lone surrogates, which the canonical form refuses: both readers must refuse them.
        const text = JSON.stringify(sorted(value));
        same(entry(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives what parsing gives, when bytes of it are changed, removed, put in or swapped', () => {
    const change = fc.record({
      at: fc.nat(),
      with: fc.oneof(fc.nat(255), fc.constantFrom(...entry('"\\{}[],:0-.eEu/ \n\ufeff\u00e9'))),
      kind: fc.constantFrom('change', 'remove', 'insert', 'swap', 'double'),
    });
    fc.assert(
      fc.property(record, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
        const bytes = [...entry(JSON.stringify(sorted(value)))];
        for (const { at, with: byte, kind } of changes) {
          const place = at % bytes.length;
          if (kind === 'change') bytes[place] = byte;
          else if (kind === 'remove') bytes.splice(place, 1);
          else if (kind === 'insert') bytes.splice(place, 0, byte);
          else if (kind === 'double') bytes.splice(place, 0, ...bytes.slice(place, place + 1 + (byte % 9)));
          else bytes.push(...bytes.splice(place, 1));
        }
        same(Uint8Array.from(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives what parsing gives, for every double', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 0, max: 25 }), (value, digits) => {
        for (const text of [
          String(value),
          value.toExponential(digits % 21),
          value.toPrecision(1 + (digits % 20)),
        ])
          same(withDetails(`{"a":${text}}`));
      }),
      { numRuns: 2_000 },
    );
  });

  // RFC 8785 3.2.2.2 and RFC 8259: each of these is JSON, and not the canonical form.
  it.each([
    ['a space', '{"a": 1}'],
    ['a solidus that is escaped', '{"a":"\\/"}'],
    ['a letter that is escaped', '{"a":"\\u0041"}'],
    ['an escape in upper case', '{"a":"\\u001F"}'],
    ['a control character with a letter of its own', '{"a":"\\u000a"}'],
    ['a surrogate pair that is escaped', '{"a":"\\ud83d\\ude00"}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['minus zero', '{"a":-0}'],
    ['a decimal zero', '{"a":1.0}'],
    ['an exponent in upper case', '{"a":1E-7}'],
    ['an exponent that is not needed', '{"a":1e2}'],
    ['an integer beyond 2^53 - 1', '{"a":9007199254740992}'],
    ['a large integer', '{"a":1e+21}'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['a key twice', '{"a":1,"a":2}'],
    ['a longer key first', '{"aa":1,"a":2}'],
    ['keys in the order of UTF-8 and not of UTF-16', '{"\ufb33":1,"\u{1f600}":2}'],
    ['too many levels', `${'['.repeat(100)}${']'.repeat(100)}`],
  ])('is refused for %s', (_name, details) => {
    const bytes = withDetails(details);
    JSON.parse(new TextDecoder().decode(bytes));
    expect(() => readEntry(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_NOT_CANONICAL' }));
  });

  it.each([
    ['a leading zero', '{"a":01}'],
    ['a lone minus', '{"a":-}'],
    ['a point without digits', '{"a":1.}'],
    ['a comma at the end', '{"a":1,}'],
    ['a comma alone', '[,]'],
    ['half a word', '{"a":tru}'],
    ['a raw control character', '{"a":"\n"}'],
    ['a string without end', '{"a":"'],
    ['something behind it', '{"a":1}}'],
  ])('is refused for %s, which is not JSON', (_name, details) => {
    expect(() => readEntry(withDetails(details))).toThrow(
      expect.objectContaining({ code: 'RECORD_INVALID' }),
    );
  });

  it.each([
    ['a byte that is not UTF-8', [0x22, 0xff, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('is refused for %s', (_name, details) => {
    const [before, after] = ['{"details":', `,${canonicalize(base).slice(1)}`].map(entry) as [
      Uint8Array,
      Uint8Array,
    ];
    const bytes = Uint8Array.from([...before, ...details, ...after]);
    expect(() => readEntry(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
  });

  it('takes what emitters send, and does not have to parse it', () => {
    for (const more of [
      {},
      { message: 'Zürich \u{1f600} "quoted" \\ \n \u001f' },
      { details: { a: [1, -2, 0.5, 1e-7, true, false, null, 'x', {}, []], b: { c: 9007199254740 } } },
      { ext: JSON.stringify({ deeply: ['"', '\t'] }) },
    ]) {
      const bytes = entry(canonicalize({ ...base, ...more }));
      expect(scanEntry(bytes)).toEqual({ record_type: 'decision', recorded_at: base.recorded_at });
      same(bytes);
    }
  });

  it.each([
    ['a month that is none', { recorded_at: '2026-13-01T00:00:00.000Z' }],
    ['a day that the month has not', { recorded_at: '2026-02-30T00:00:00.000Z' }],
    ['an hour that is none', { recorded_at: '2026-01-01T24:00:00.000Z' }],
    ['nines', { recorded_at: '2026-99-99T99:99:99.999Z' }],
    ['a verdict that is none', { verdict: 'passs' }],
    ['a verdict that is no text', { verdict: 1 }],
    ['a decision without a verdict', { verdict: undefined }],
  ])('is refused for %s', (_name, more) => {
    const bytes = entry(canonicalize(JSON.parse(JSON.stringify({ ...base, ...more }))));
    expect(() => readEntry(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
    same(bytes);
  });

  it('takes the last day of February in a leap year, and a run without a verdict', () => {
    const { verdict: _, ...run } = { ...base, record_type: 'run', recorded_at: '2028-02-29T23:59:59.999Z' };
    const bytes = entry(canonicalize(run));
    expect(scanEntry(bytes)).toEqual({ record_type: 'run', recorded_at: '2028-02-29T23:59:59.999Z' });
    same(bytes);
  });

  it('reads a key record whole, since its details may hand the log over', () => {
    const value = {
      ...base,
      record_type: 'key',
      emitter: 'exhibit.ledger',
      details: { vkey: 'v', valid_from_size: 7 },
    };
    expect(readEntry(entry(canonicalize(value)))).toMatchObject({ key: { vkey: 'v', valid_from_size: 7 } });
  });
});

/** The same value with sorted keys, so that most of what JSON.stringify makes of it is canonical. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(pairs.map(([key, member]) => [key, sorted(member)]));
}
