import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import { type Digest, REDACTED, type Redaction, redact, redactText } from '../../record/index.ts';
import type { Blobs } from './blobs.ts';

/** An input without its secrets, and the means to keep those out of messages, too. */
export interface CleanInput {
  value: unknown;
  redactions: Redaction[];
  /** The text without any secret of this input and without anything that looks like a credential. */
  clean: Clean;
}

/** What of an input is kept: `ref` names the redacted value in canonical form, which re-performance reads. */
export type StoredInput = Omit<CleanInput, 'value'> & { ref: Digest };

export type Clean = (text: string) => string;

/** A shorter secret would blank out words that only happen to hold it. */
const SHORTEST = 6;
/** What was redacted for messages is not done again for the store. */
const made = new WeakMap<InputDocument, { paths: string; input: CleanInput }>();

/** Paths that the policies of a bundle want redacted. */
export function redactPaths(policies: readonly Policy[]): string[] {
  return [...new Set(policies.flatMap((policy) => policy.redact))].sort();
}

/**
 * A document without its secrets.
 * @param paths JSON paths that policies name
 */
export function cleanInput(document: InputDocument, paths: readonly string[]): CleanInput {
  const known = made.get(document);
  const key = JSON.stringify(paths);
  if (known?.paths === key) return known.input;
  const { value, redactions } = redact(document.value, { kind: document.kind, paths });
  const of = (shaped: boolean) =>
    redactions.filter(({ reason }) => (reason === 'credential-shape') === shaped).map(({ path }) => path);
  const named = secretsAt(document.value, of(false));
  const found = secretsAt(document.value, of(true));
  const input = { value, redactions, clean: remembering((text) => cleanText(text, named, found)) };
  made.set(document, { paths: key, input });
  return input;
}

/**
 * Stores a document without its secrets. There is never a digest of the unredacted value in canonical form: whoever
 * holds the redacted form could try candidates for a short secret against it.
 */
export function storeInput(document: InputDocument, paths: readonly string[], blobs: Blobs): StoredInput {
  const { value, redactions, clean } = cleanInput(document, paths);
  made.delete(document);
  return { ref: blobs.addJson(value), redactions, clean };
}

/**
 * A text without secrets. Those that a mask or a policy names go first; then what has the shape of a credential, so that the
 * words around one stay; then texts of the input that held one.
 */
export function cleanText(
  text: string,
  named: readonly string[] = [],
  found: readonly string[] = [],
): string {
  const without = (secrets: readonly string[], from: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), from);
  return without(found, redactText(without(named, text)));
}

/** A subject's name and a rule's message come once a policy: each text is cleaned once. */
export function remembering(clean: Clean): Clean {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = clean(text);
    known.set(text, result);
    return result;
  };
}

/** Longest first, so that no secret hides a longer one. */
function secretsAt(value: unknown, paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => texts(at(value, path))))].sort((a, b) => b.length - a.length);
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
