import { canonicalize, ExhibitError, isInstant } from '../record/index.ts';
import { fromUtf8, toUtf8 } from './bytes.ts';
import { type Span, scanObject } from './scan.ts';
import { STAMP_EMITTER, type Stamp, stampOf } from './stamp.ts';

/**
 * The ledger itself as an emitter. Its writer takes records with this name from nobody, so that only who holds the old key
 * can announce a new one.
 */
export const LEDGER_EMITTER = 'exhibit.ledger';

/** What the verifier of a log needs to know of a record. */
export interface EntryFacts {
  record_type: string;
  /** RFC 3339, UTC, three decimals: compares as text. */
  recorded_at: string;
  /** On a `key` record of the ledger itself: the verifier key that signs checkpoints from a size on. */
  key?: { vkey: string; valid_from_size: number };
  /** On a `timestamp` record of STAMP_EMITTER: the token over an earlier checkpoint. */
  stamp?: Stamp;
}

/** Reads an entry, and refuses one that is no record. */
export type ReadEntry = (bytes: Uint8Array) => EntryFacts;

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const VERDICT = /^(?:pass|fail|error|not_applicable|not_evaluated)$/;

/**
 * Reads an entry with little code: canonical JSON of one object, with the fields that the log itself rests on.
 * It does not check the other fields; readRecord does.
 * @param bytes attacker-controlled
 * @throws ExhibitError RECORD_INVALID, RECORD_NOT_CANONICAL
 */
export function readEntry(bytes: Uint8Array): EntryFacts {
  return scanEntry(bytes) ?? parseEntry(bytes);
}

/** The same by way of parsing and writing again: the whole answer, and the words for what is refused. */
export function parseEntry(bytes: Uint8Array): EntryFacts {
  const text = fromUtf8(bytes);
  const value = text === undefined ? undefined : parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ExhibitError('RECORD_INVALID', 'the entry is not a JSON object in UTF-8');
  }
  if (canonicalize(value) !== text) {
    throw new ExhibitError('RECORD_NOT_CANONICAL', 'the entry is JSON, but not in canonical form (RFC 8785)');
  }
  return factsOf(value as Record<string, unknown>);
}

/** The fields that scanEntry reads, in the order in which they stand in a record. The last may be missing. */
const SCANNED = [
  'emitter',
  'layer',
  'record_id',
  'record_type',
  'recorded_at',
  'schema',
  'tool',
  'verdict',
].map(toUtf8);

/** The facts of a usual record, without making an object of it; undefined for whatever parseEntry has to look at. */
export function scanEntry(bytes: Uint8Array): EntryFacts | undefined {
  const spans = scanObject(bytes, SCANNED, SCANNED.length - 1);
  if (spans === undefined) return undefined;
  const [emitter, layer, record_id, record_type, recorded_at, schema, tool, verdict] = spans as [
    Span,
    ...Span[],
  ];
  for (const span of [emitter, layer, record_id, tool] as Span[]) {
    if (bytes[span.start] !== 0x22 || span.end - span.start <= 2) return undefined;
  }
  if (schemaOf(bytes, schema as Span) === undefined) return undefined;
  const type = typeOf(bytes, record_type as Span);
  const at = instantOf(bytes, recorded_at as Span);
  // A key record may hand the log over, a time stamp names its token: their details are read too.
  if (type === undefined || at === undefined || type === 'key' || type === 'timestamp') return undefined;
  if (verdict === undefined ? type === 'decision' : verdictOf(bytes, verdict) === undefined) return undefined;
  return { record_type: type, recorded_at: at };
}

/** Texts of one field. Neighbours often say the same, and comparing bytes is cheaper than making a text of them. */
function texts(accept: (text: string) => boolean): (bytes: Uint8Array, span: Span) => string | undefined {
  let last = new Uint8Array(0);
  let text: string | undefined;
  return (bytes, { start, end }) => {
    let same = last.length === end - start;
    for (let i = 0; same && i < last.length; i += 1) same = last[i] === bytes[start + i];
    if (same) return text;
    // Never a view: it would keep the whole bundle.
    last = new Uint8Array(bytes.subarray(start, end));
    const quoted = fromUtf8(last) ?? '';
    const inner = quoted.slice(1, -1);
    text = quoted === `"${inner}"` && accept(inner) ? inner : undefined;
    return text;
  };
}

const schemaOf = texts((text) => text === 'exhibit.record/1');
const typeOf = texts((text) => /^[a-z_]+$/.test(text));
const instantOf = texts(isTime);
const verdictOf = texts((text) => VERDICT.test(text));

function isTime(text: string): boolean {
  return INSTANT.test(text) && isInstant(text);
}

/** The facts of a parsed record. @throws ExhibitError RECORD_INVALID */
export function factsOf(record: Record<string, unknown>): EntryFacts {
  const { schema, record_type, recorded_at, emitter, details, verdict } = record;
  // The name of the schema is written out: the verifier states for itself what it accepts.
  if (schema !== 'exhibit.record/1') refuse('schema', 'is not exhibit.record/1');
  for (const field of ['record_id', 'emitter', 'layer', 'tool']) {
    if (typeof record[field] !== 'string' || record[field] === '') refuse(field, 'is missing');
  }
  if (typeof record_type !== 'string') return refuse('record_type', 'is missing');
  if (typeof recorded_at !== 'string' || !isTime(recorded_at)) {
    return refuse('recorded_at', 'is not an instant in UTC with three decimals');
  }
  if (verdict === undefined ? record_type === 'decision' : !isVerdict(verdict)) {
    refuse('verdict', verdict === undefined ? 'is missing: a decision has one' : 'is none of the verdicts');
  }
  const announces = record_type === 'key' && emitter === LEDGER_EMITTER;
  const stamp = record_type === 'timestamp' && emitter === STAMP_EMITTER ? stampOf(details) : undefined;
  return {
    record_type,
    recorded_at,
    ...(announces ? keyOf(details) : {}),
    ...(stamp === undefined ? {} : { stamp }),
  };
}

function keyOf(details: unknown): Pick<EntryFacts, 'key'> {
  if (typeof details !== 'object' || details === null) return {};
  const { vkey, valid_from_size } = details as Record<string, unknown>;
  // A key record may also tell of another kind of key; only one with a size hands the log over.
  if (typeof vkey !== 'string' || valid_from_size === undefined) return {};
  if (typeof valid_from_size !== 'number' || !Number.isSafeInteger(valid_from_size) || valid_from_size < 0) {
    return refuse('details.valid_from_size', 'is not a size');
  }
  return { key: { vkey, valid_from_size } };
}

function isVerdict(value: unknown): boolean {
  return typeof value === 'string' && VERDICT.test(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(field: string, why: string): never {
  throw new ExhibitError('RECORD_INVALID', `field ${field} ${why}`);
}
