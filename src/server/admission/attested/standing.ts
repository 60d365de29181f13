import { randomUUID } from 'node:crypto';
import { isExactNumber, isObject } from '../../../record/index.ts';
import { compareObject, digestTree, type ObjectDifference } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';
import { BOOKKEEPING } from './accounts.ts';
import { ownerOf } from './controllers.ts';
import { CARRIER_PLACE } from './defaults.ts';
import { isMutation } from './mutations.ts';
import { valueAt } from './pattern.ts';
import type { ControllerSetting } from './settings.ts';

/** Why an object is not compared with an attestation, and what that rests on. */
export type Standing =
  /** Made by a controller for an owner that was itself admitted. */
  | { state: 'owner'; account: string; owner: string }
  /** Nothing that counts is changed by this request. */
  | { state: 'unchanged' }
  /** A controller keeps its books in it. */
  | { state: 'controller'; account: string };

export interface Asking {
  account: string | undefined;
  operation: string;
  /** JSON values; attacker-controlled. `old` only of an UPDATE. */
  object: unknown;
  old: unknown;
  type: string;
}

/** Undefined: it is compared. */
export function standingOf(asking: Asking, controllers: readonly ControllerSetting[]): Standing | undefined {
  const { account, operation, object, old, type } = asking;
  const updated = operation === 'UPDATE' && typeof old === 'object' && old !== null;
  if (updated) {
    const changed = changesOf(old, object);
    if (changed.every(({ pointer }) => pointer === CARRIER_PLACE || isLastRite(pointer, old, type)))
      return { state: 'unchanged' };
    const allowed = { mutations: BOOKKEEPING, injected: [], account };
    if (account !== undefined && changed.every((one) => isMutation(one, type, allowed)))
      return { state: 'controller', account };
  }
  // Of a change, the owner before it counts: an owner that the request itself writes proves nothing.
  const owner = ownerOf(account, updated ? old : object, controllers);
  return owner === undefined
    ? undefined
    : { state: 'owner', account: owner.account, owner: `${owner.kind}/${owner.name}` };
}

/** Places that differ between two states of one object; a removed place counts as changed, so that a controller may take its own away. */
function changesOf(old: unknown, object: unknown): ObjectDifference[] {
  const { sha256 } = nodeAttestCrypto;
  return compareObject(sha256, digestTree(sha256, written(old)), written(object)).map((one) =>
    one.change === 'removed' ? { ...one, change: 'changed' as const } : one,
  );
}

/** Nobody outside knows it, so no text is taken for a number. */
const NUMBER = `number ${randomUUID()} `;

/** The value with each number that no double holds as its digits: it has no digest by which it could be attested, but two of it are the same. */
function written(value: unknown): unknown {
  if (isExactNumber(value)) return NUMBER + value.rawJSON;
  if (Array.isArray(value)) return value.map(written);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item)]));
}

/** What waits for its deletion loses its finalizers, by whoever set them; a namespace has some of its own. */
function isLastRite(pointer: string, old: unknown, type: string): boolean {
  if (valueAt(old, ['metadata', 'deletionTimestamp']) === undefined) return false;
  return (
    /^\/metadata\/finalizers(?:\/|$)/.test(pointer) ||
    (type === 'v1 Namespace' && /^\/spec\/finalizers(?:\/|$)/.test(pointer))
  );
}
