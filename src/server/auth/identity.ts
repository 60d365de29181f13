import { matchesGlob } from '../../engine/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Role } from '../settings.ts';

/** A caller whose identity was verified. */
export interface Identity {
  /** Who it is, as the verifier names it; becomes a salted reference before it is recorded. */
  name: string;
  /** OIDC issuer, `token` or `mTLS`. */
  verified_by: string;
  roles: readonly Role[];
  /** Globs of emitter names. */
  emitters: readonly string[];
}

/** @throws ExhibitError AUTH_DENIED */
export function requireRole(identity: Identity, roles: readonly Role[]): void {
  if (identity.roles.some((role) => role === 'administrator' || roles.includes(role))) return;
  throw new ExhibitError('AUTH_DENIED', `this needs the role ${roles.join(' or ')}`, {
    hint: `The caller has: ${identity.roles.join(', ')}.`,
  });
}

export function maySendAs(identity: Identity, emitter: string): boolean {
  return identity.emitters.some((glob) => glob === emitter || matchesGlob(glob, emitter));
}

/**
 * The emitter name of a caller that does not state one in its records: the one that the request names, or its only one.
 * @throws ExhibitError AUTH_DENIED
 */
export function emitterOf(identity: Identity, named: string | undefined): string {
  const plain = identity.emitters.filter((glob) => !glob.includes('*'));
  const emitter = named ?? (plain.length === 1 ? plain[0] : undefined);
  if (emitter !== undefined && maySendAs(identity, emitter)) return emitter;
  throw new ExhibitError(
    'AUTH_DENIED',
    named === undefined
      ? 'the caller has several emitter names and states none'
      : `the caller may not send as ${JSON.stringify(named)}`,
    { hint: 'Name the emitter at the end of the path, as `partition_name` of OPA does.' },
  );
}
