import {
  canonicalize,
  ExhibitError,
  formatDigest,
  isExactNumber,
  isExhibitError,
  type Sha256,
} from '../../record/index.ts';
import { toUtf8 } from '../bytes.ts';
import { encodeBase64 } from './base64.ts';

/** What the API server or a controller sets in `metadata`, and nobody who writes a manifest decides. */
const SERVER_SET = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
] as const;
/** A copy of the manifest that `kubectl apply` keeps in the object itself. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A JSON value in which each scalar is its digest; an empty object or list stands for itself. */
export type DigestTree = string | readonly DigestTree[] | { readonly [key: string]: DigestTree };

/** One place in which an admitted object is not what was attested. */
export interface ObjectDifference {
  /** JSON pointer into the admitted object (RFC 6901), or into the attested one for what is gone. */
  pointer: string;
  change: 'added' | 'changed' | 'removed';
  /** What stands there now; undefined for what is gone. */
  value?: unknown;
}

type Members = { [key: string]: unknown };
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

/**
 * A Kubernetes object as whoever wrote the manifest decided it: without `status`, without the members of `metadata` that the API
 * server sets, and without the copy that kubectl keeps. Everything else stays as it is: no default is filled in and no value is
 * normalised, so that what differs later is seen by name.
 * @param object its JSON value; it is not changed
 */
export function canonicalObject(object: unknown): Members {
  if (!isObject(object)) throw notCanonical('it is not a JSON object');
  const { status: _status, ...rest } = object;
  if (!isObject(rest.metadata)) return rest;
  const metadata = without(rest.metadata, SERVER_SET);
  if (isObject(metadata.annotations) && Object.hasOwn(metadata.annotations, LAST_APPLIED)) {
    const annotations = without(metadata.annotations, [LAST_APPLIED]);
    // kubectl makes the member where there was none.
    if (Object.keys(annotations).length === 0) delete metadata.annotations;
    else metadata.annotations = annotations;
  }
  return { ...rest, metadata };
}

function without(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([key]) => !names.includes(key)));
}

/**
 * Content digest of a Kubernetes object: SHA-256 of the canonical JSON (RFC 8785) of `canonicalObject`.
 * @returns 64 hexadecimal digits
 * @throws ExhibitError ATTESTATION_REFUSED where a number of it has no form that every reader sees alike
 */
export function objectDigest(sha256: Sha256, object: unknown): string {
  return formatDigest(sha256(toUtf8(canonical(canonicalObject(object))))).slice('sha256:'.length);
}

/**
 * The canonical object with each scalar replaced by base64 of the SHA-256 of its canonical JSON: enough to say where another
 * object differs, without the values.
 */
export function digestTree(sha256: Sha256, object: unknown): DigestTree {
  return treeOf(sha256, canonicalObject(object));
}

function treeOf(sha256: Sha256, value: unknown): DigestTree {
  if (Array.isArray(value)) return value.map((item) => treeOf(sha256, item));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, treeOf(sha256, item)]));
  return scalarDigest(sha256, value);
}

/** What stands for a scalar in a digest tree. @throws ExhibitError ATTESTATION_REFUSED for a number without a canonical form */
export function scalarDigest(sha256: Sha256, value: unknown): string {
  return encodeBase64(sha256(toUtf8(canonical(value))));
}

/**
 * Where an admitted object differs from what was attested, leaf by leaf, in the order of their pointers. Nothing is forgiven here:
 * who admits decides which defaults and mutations may be among them.
 * @param tree of the attested object, from a verified summary
 * @param admitted JSON value; `canonicalObject` is applied to it
 */
export function compareObject(sha256: Sha256, tree: unknown, admitted: unknown): ObjectDifference[] {
  const found: ObjectDifference[] = [];
  compare(sha256, tree, canonicalObject(admitted), '', found);
  return found.sort((a, b) => (a.pointer < b.pointer ? -1 : a.pointer > b.pointer ? 1 : 0));
}

function compare(sha256: Sha256, tree: unknown, value: unknown, at: string, found: ObjectDifference[]): void {
  if (typeof tree === 'string') {
    if (!isSameScalar(sha256, tree, value)) found.push({ pointer: at, change: 'changed', value });
    return;
  }
  const [before, after] = [childrenOf(tree), childrenOf(value)];
  if (before === undefined || after === undefined || Array.isArray(tree) !== Array.isArray(value)) {
    found.push({ pointer: at, change: 'changed', value });
    return;
  }
  for (const [key, child] of before) {
    const pointer = `${at}/${escapePointer(key)}`;
    if (after.has(key)) compare(sha256, child, after.get(key), pointer, found);
    else collect(child, pointer, (leaf) => found.push({ pointer: leaf, change: 'removed' }));
  }
  for (const [key, child] of after) {
    if (before.has(key)) continue;
    collect(child, `${at}/${escapePointer(key)}`, (leaf, item) =>
      found.push({ pointer: leaf, change: 'added', value: item }),
    );
  }
}

function isSameScalar(sha256: Sha256, digest: string, value: unknown): boolean {
  if (Array.isArray(value) || isObject(value)) return false;
  try {
    return treeOf(sha256, value) === digest;
  } catch (error) {
    // What has no canonical form was never attested.
    if (isExhibitError(error)) return false;
    throw error;
  }
}

function childrenOf(value: unknown): Map<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item, at) => [String(at), item as unknown]));
  return isObject(value) ? new Map(Object.entries(value)) : undefined;
}

/** Leaves below a place; an empty object or list is one itself. */
function collect(value: unknown, at: string, leaf: (pointer: string, value: unknown) => void): void {
  const children = childrenOf(value);
  if (children === undefined || children.size === 0) {
    leaf(at, value);
    return;
  }
  for (const [key, child] of children) collect(child, `${at}/${escapePointer(key)}`, leaf);
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function canonical(value: unknown): string {
  refuseExact(value);
  try {
    return canonicalize(value);
  } catch (cause) {
    throw notCanonical(cause instanceof Error ? cause.message : 'it has no canonical form', cause);
  }
}

/** A number that no double holds is carried by its digits, as an object: never take that for the number. */
function refuseExact(value: unknown): void {
  if (isExactNumber(value)) throw notCanonical('a number in it cannot be held exactly; write it as a string');
  if (Array.isArray(value)) for (const item of value) refuseExact(item);
  else if (isObject(value)) for (const item of Object.values(value)) refuseExact(item);
}

function notCanonical(why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('ATTESTATION_REFUSED', `an object has no content digest: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
