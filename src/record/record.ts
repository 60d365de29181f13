import type { z } from 'zod';
import { mostBytes } from './bound.ts';
import { canonicalize } from './canonical.ts';
import { ExhibitError } from './errors.ts';
import { isSurelyDraft } from './quick.ts';
import {
  type EvidenceRecord,
  MAX_RECORD_BYTES,
  type RecordDraft,
  recordDraftSchema,
  recordSchema,
} from './schema.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Checks a draft, as an emitter sends it. What it returns may be the value itself.
 * @throws ExhibitError RECORD_INVALID, naming the first wrong field
 */
export function parseDraft(value: unknown): RecordDraft {
  if (isSurelyDraft(value)) return value as RecordDraft;
  return checked(recordDraftSchema.safeParse(value)) as RecordDraft;
}

/**
 * Reads a record from the bytes of a log entry.
 * @param bytes attacker-controlled: must be the canonical form itself, so that one record has one leaf hash
 * @throws ExhibitError RECORD_INVALID, RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function parseRecord(bytes: Uint8Array): EvidenceRecord {
  if (bytes.length > MAX_RECORD_BYTES) throw tooLarge(bytes.length);
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new ExhibitError('RECORD_INVALID', 'the entry is not JSON in UTF-8', { cause });
  }
  if (canonicalize(value) !== text) {
    throw new ExhibitError('RECORD_NOT_CANONICAL', 'the entry is JSON, but not in canonical form (RFC 8785)');
  }
  return checked(recordSchema.safeParse(value)) as EvidenceRecord;
}

/**
 * Canonical bytes of a record or draft: what is hashed and stored.
 * @throws ExhibitError RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function encodeRecord(record: RecordDraft | EvidenceRecord): Uint8Array {
  const bytes = encoder.encode(canonicalize(record));
  if (bytes.length > MAX_RECORD_BYTES) throw tooLarge(bytes.length);
  return bytes;
}

/**
 * Refuses what `encodeRecord` would refuse. It makes the bytes only where adding up does not tell.
 * @throws ExhibitError RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function checkEncodable(record: RecordDraft | EvidenceRecord): void {
  if (mostBytes(record) > MAX_RECORD_BYTES) encodeRecord(record);
}

function tooLarge(length: number): ExhibitError {
  return new ExhibitError(
    'RECORD_TOO_LARGE',
    `the record has ${length} bytes; ${MAX_RECORD_BYTES} is the most`,
    {
      hint: 'Store the large part as a blob and keep its digest in the record.',
    },
  );
}

function checked<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  throw new ExhibitError(
    'RECORD_INVALID',
    `${path === '' ? 'the record' : `field ${path}`}: ${issue?.message ?? 'wrong'}`,
    {
      hint: 'docs/reference/record.md lists every field.',
      details: {
        issues: result.error.issues.map(({ path: at, message }) => ({ path: at.join('.'), message })),
      },
    },
  );
}
