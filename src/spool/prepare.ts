import {
  ExhibitError,
  encodeRecord,
  MAX_RECORD_BYTES,
  mostBytes,
  parseDraft,
  type RecordDraft,
} from '../record/index.ts';
import type { Item } from './items.ts';
import type { Entry } from './types.ts';

/** An entry that was checked: the texts of its own records have no number yet. */
export interface Prepared {
  items: Item[];
  /** About what it takes on disk. */
  bytes: number;
}

/** What a record may grow by until it is in a log: its number, when it came, and who sent it beside whom it names. */
const GROWTH = 1_024;
/** Room for a number, and for the frame. */
const SHARE = 64;

/**
 * Checks an entry as the server that takes it will: what is kept is not refused later.
 * @throws ExhibitError RECORD_INVALID, RECORD_TOO_LARGE, RECORD_NOT_CANONICAL
 */
export function prepare(
  { own = [], encoded = [], numbered = [], blobs = [] }: Entry,
  emitter: string,
): Prepared {
  const items: Item[] = [
    ...[...blobs].map((bytes): Item => ({ kind: 'blob', bytes })),
    ...numbered.map((record): Item => ({ kind: 'record', text: textOf(record) })),
    ...own.map((record): Item => ({ kind: 'own', text: textOf({ ...record, emitter }) })),
    ...encoded.map((text): Item => ({ kind: 'own', text: short(text) })),
  ];
  const bytes = items.reduce(
    // A record is mostly ASCII; the bound of the disk need not be exact.
    (sum, item) => sum + SHARE + (item.kind === 'blob' ? item.bytes.length : item.text.length),
    0,
  );
  return { items, bytes };
}

/** @param text of an object that has members */
export function withNumber(text: string, sequence: number): string {
  return `${text.slice(0, -1)},"sequence":${sequence}}`;
}

/** Room for what a record grows by. */
function short(text: string): string {
  // A UTF-16 unit takes three bytes at most, so most records need no exact count.
  if (3 * text.length + GROWTH > MAX_RECORD_BYTES) requireRoom(Buffer.byteLength(text));
  return text;
}

function textOf(record: RecordDraft): string {
  const draft = parseDraft(record);
  if (mostBytes(draft) + GROWTH > MAX_RECORD_BYTES) requireRoom(encodeRecord(draft).length);
  return JSON.stringify(draft);
}

function requireRoom(bytes: number): void {
  if (bytes + GROWTH <= MAX_RECORD_BYTES) return;
  throw new ExhibitError(
    'RECORD_TOO_LARGE',
    `the record has ${bytes} bytes; with what is added on its way it would be longer than ${MAX_RECORD_BYTES}`,
    { hint: 'Store the large part as a blob and keep its digest in the record.' },
  );
}
