import { canonicalize, ExhibitError, MAX_RECORD_BYTES, type RecordDraft } from '../record/index.ts';
import { afterDetails, beforeDetails, middleOf, tailOf } from './fields.ts';
import type { RecordText, Unnumbered } from './types.ts';

/** Bytes that `"recorded_at":"2026-01-01T00:00:00.000Z",` takes. */
export const RECORDED_AT_BYTES = '"recorded_at":"2026-01-01T00:00:00.000Z",'.length;
const LONGEST_SEQUENCE = '"sequence":9007199254740991,'.length;

/**
 * @param draft a draft that fits the schema; its sequence, if any, is not in the text
 * @throws ExhibitError RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function recordText(draft: Unnumbered | RecordDraft): RecordText {
  const { details, redactions } = draft;
  // Every record has emitter, record_type, schema and tool, so what follows a comma is always there.
  const text = {
    head: `{${before(beforeDetails(draft))}${member('details', details)}${members(afterDetails(draft))},`,
    middle: `${member('redactions', redactions)}${members(middleOf(draft))},`,
    tail: `${members(tailOf(draft))}}`,
  };
  checkSize(text);
  return text;
}

/** `"a":1,"b":2` of the fields that are there: texts and safe integers. */
function members(fields: Readonly<Record<string, unknown>>): string {
  // JSON.stringify writes what the schema admitted as RFC 8785 asks, five times as fast, but for a lone surrogate, which it writes
  // as an escape that nothing else makes.
  const text = JSON.stringify(fields);
  if (!text.includes('\\ud')) return text.slice(1, -1);
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return canonicalize(Object.fromEntries(there)).slice(1, -1);
}

/** The same, with a comma for what follows; nothing where no field is there. */
function before(fields: Readonly<Record<string, unknown>>): string {
  const text = members(fields);
  return text === '' ? '' : `${text},`;
}

/** `"name":value,` of a value that may be anything JSON; nothing where it is not there. */
function member(name: string, value: unknown): string {
  return value === undefined ? '' : `"${name}":${canonicalize(value)},`;
}

function checkSize({ head, middle, tail }: RecordText): void {
  const added = RECORDED_AT_BYTES + LONGEST_SEQUENCE;
  // A UTF-16 unit takes three bytes at most, so most records need no exact count.
  if (3 * (head.length + middle.length + tail.length) + added <= MAX_RECORD_BYTES) return;
  const bytes = Buffer.byteLength(head) + Buffer.byteLength(middle) + Buffer.byteLength(tail) + added;
  if (bytes <= MAX_RECORD_BYTES) return;
  throw new ExhibitError(
    'RECORD_TOO_LARGE',
    `the record has ${bytes} bytes; ${MAX_RECORD_BYTES} is the most`,
    {
      hint: 'Store the large part as a blob and keep its digest in the record.',
      details: { bytes },
    },
  );
}

/** `"recorded_at":"...",` for an instant of the form that records carry. */
export function recordedAtMember(instant: string): string {
  return `"recorded_at":"${instant}",`;
}
