import type { InputDocument } from '../../inputs/index.ts';
import { type Digest, REDACTED, type Redaction, redact } from '../../record/index.ts';
import type { Blobs } from './blobs.ts';

/** What of an input is kept: its redacted form as a blob, and the means to keep its secrets out of messages, too. */
export interface StoredInput {
  /** Of the redacted value in canonical form: what re-performance reads. */
  ref: Digest;
  redactions: Redaction[];
  /** The text without any secret of this input and without anything that looks like a credential. */
  clean(text: string): string;
}

/** A shorter secret would blank out words that only happen to hold it. */
const SHORTEST = 6;

/**
 * Redacts a document and stores the result. There is never a digest of the unredacted value in canonical form: whoever
 * holds the redacted form could try candidates for a short secret against it.
 * @param paths JSON paths that policies name
 */
export function storeInput(document: InputDocument, paths: readonly string[], blobs: Blobs): StoredInput {
  const { value, redactions } = redact(document.value, { kind: document.kind, paths });
  const secrets = [...new Set(redactions.flatMap(({ path }) => texts(at(document.value, path))))].sort(
    (a, b) => b.length - a.length,
  );
  return { ref: blobs.addJson(value), redactions, clean: (text) => cleanText(text, secrets) };
}

function cleanText(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  const { value } = redact({ text: without });
  return (value as { text: string }).text;
}

/** @param pointer JSON Pointer. @see RFC 6901 section 4 */
function at(value: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((inner, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
      ? (inner as Record<string, unknown>)[name]
      : undefined;
  }, value);
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= SHORTEST ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** Every text in a JSON value cleaned; keys stay. */
export function cleanJson(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value).toWellFormed();
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanJson(item, clean)]));
}
