import type { TLSSocket } from 'node:tls';
import { ExhibitError } from '../../record/index.ts';
import type { MtlsSetting } from '../settings.ts';
import type { Identity } from './identity.ts';

/**
 * The caller of a TLS connection by its certificate; undefined where it sent none.
 * @throws ExhibitError AUTH_INVALID for a certificate that does not hold or that no setting names
 */
export function certificateIdentity(
  socket: TLSSocket,
  settings: readonly MtlsSetting[],
): Identity | undefined {
  const certificate = socket.getPeerX509Certificate?.();
  if (certificate === undefined) return undefined;
  if (!socket.authorized)
    throw new ExhibitError(
      'AUTH_INVALID',
      `the certificate does not hold: ${String(socket.authorizationError ?? 'unknown')}`,
    );
  const names = alternativeNames(certificate.subjectAltName);
  const setting = settings.find(({ san }) => names.includes(san));
  if (setting === undefined)
    throw new ExhibitError('AUTH_INVALID', 'no setting names a subject alternative name of the certificate');
  const { san, roles, emitters } = setting;
  return { name: san, verified_by: 'mTLS', roles, emitters };
}

/** Node writes a name with special characters in quotes; such a list is not taken apart, so that no name can pretend to be two. */
export function alternativeNames(list: string | undefined): string[] {
  if (list === undefined || list.includes('"')) return [];
  return list.split(', ');
}
