import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EvidenceRecord, encodeRecord, parseDraft, recordSchema } from '../record/index.ts';
import { FRAME_HEADER, readHeader } from '../store/index.ts';
import { recordText } from './encode.ts';
import { memberBytes, recordedAt } from './entry.ts';
import { afterDetails, beforeDetails, middleOf, tailOf } from './fields.ts';
import { readPayload } from './frame.ts';
import { FrameBuilder } from './frame-builder.ts';
import { decision } from './testing/records.ts';
import type { Unnumbered } from './types.ts';

const AT = '2026-11-23T09:00:00.123Z';

/** The bytes of a record as the log holds it, over the way that it takes: text, frame, splice. */
function throughFrame(draft: Unnumbered, sequence: number): Buffer {
  const { emitter, record_id } = draft;
  const fileId = Buffer.alloc(8, 7);
  const { frame } = new FrameBuilder().build(
    [{ emitter, record_id, sequence, text: recordText(draft) }],
    0,
    0,
    fileId,
  );
  const header = readHeader(frame, 0, fileId);
  const [waiting] = readPayload(frame.subarray(FRAME_HEADER), header?.count ?? 0);
  if (waiting === undefined) throw new Error('no record in the frame');
  expect(waiting).toMatchObject({ emitter, sequence });
  const { bytes, splice } = waiting;
  return Buffer.concat([bytes.subarray(0, splice), memberBytes(AT), bytes.subarray(splice)]);
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\\ud800', '"recorded_at":"', '\u2028', 'ü€😀', '\\'),
);
const details = fc.dictionary(text, fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<never>, {
  maxKeys: 3,
});

describe('the text of a record', () => {
  it('has a place for every field of the schema, in the order of the canonical form', () => {
    const draft = decision('ci', 0);
    const written = [beforeDetails, afterDetails, middleOf, tailOf].map((part) => Object.keys(part(draft)));
    const [first = [], second = [], middle = [], tail = []] = written;
    const all = [...first, 'details', ...second, 'recorded_at', 'redactions', ...middle, 'sequence', ...tail];
    expect(all).toEqual(Object.keys(recordSchema.shape).sort());
  });

  it('gives, with number and time spliced in, the canonical bytes that the record as a whole has', () => {
    fc.assert(
      fc.property(
        fc.record({ message: text, details, subject_name: text, ext: text }, { requiredKeys: [] }),
        fc.nat(),
        (over, sequence) => {
          const draft = { ...decision('ci/ü', 1_700_000_000_000), ...over } as Unnumbered;
          const whole = (): Uint8Array =>
            encodeRecord({ ...draft, sequence, recorded_at: AT } as EvidenceRecord);
          let expected: Uint8Array;
          try {
            expected = whole();
          } catch (error) {
            expect(() => recordText(draft)).toThrow(
              expect.objectContaining({ code: (error as { code: string }).code }),
            );
            return;
          }
          const bytes = throughFrame(draft, sequence);
          expect(bytes.toString()).toBe(Buffer.from(expected).toString());
          expect(recordedAt(bytes)).toBe(AT);
        },
      ),
    );
  });

  it('is the same whatever order the members come in', () => {
    const draft = decision('ci', 1_700_000_000_000, { redactions: [{ reason: 'secret', path: '$.a' }] });
    const turned = Object.fromEntries(Object.entries(draft).reverse()) as Unnumbered;
    expect(recordText(turned)).toEqual(recordText(draft));
  });

  it('refuses a lone surrogate and a record that would be too long with its number and time', () => {
    const draft = (message: string, file = 'a') => parseDraft(decision('ci', 0, { message, file }));
    expect(() => recordText(draft('\ud800'))).toThrow(
      expect.objectContaining({ code: 'RECORD_NOT_CANONICAL' }),
    );
    const base = Buffer.byteLength(Object.values(recordText(draft('', 'a'))).join(''));
    // 65,535 bytes less `"recorded_at":"2026-01-01T00:00:00.000Z",` (41) and `"sequence":9007199254740991,` (28).
    const room = 65_535 - 41 - 28 - base;
    const long = (more: number) => ({
      ...draft(''),
      details: { t: 'x'.repeat(room - '"details":{"t":""},'.length + more) },
    });
    expect(() => recordText(long(0))).not.toThrow();
    expect(() => recordText(long(1))).toThrow(expect.objectContaining({ code: 'RECORD_TOO_LARGE' }));
  });
});
