import { X509Certificate } from 'node:crypto';
import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import { ExhibitError } from '../../../record/index.ts';
import { type Identity, requireRole } from '../../auth/identity.ts';
import { alternativeNames } from '../../auth/mtls.ts';
import type { Certificates } from '../../http/certificates.ts';
import type { MtlsSetting } from '../../settings.ts';

type Ca = experimental.CaCertificateUpdateListener;
type Own = experimental.IdentityCertificateUpdateListener;

/** The server's certificates as gRPC wants them: new ones count for new connections, without a restart. */
export class Renewable implements experimental.CertificateProvider {
  readonly #ca = new Set<Ca>();
  readonly #own = new Set<Own>();
  #current: Certificates['options'];

  constructor({ options }: Certificates) {
    this.#current = options;
  }

  credentials(): ServerCredentials {
    return experimental.createCertificateProviderServerCredentials(this, this, true);
  }

  renew(options: Certificates['options']): void {
    this.#current = options;
    for (const listener of this.#ca) this.#sayCa(listener);
    for (const listener of this.#own) this.#sayOwn(listener);
  }

  addCaCertificateListener(listener: Ca): void {
    this.#ca.add(listener);
    // Not at once: the server listens to its credentials only after they listen here.
    queueMicrotask(() => this.#sayCa(listener));
  }

  removeCaCertificateListener(listener: Ca): void {
    this.#ca.delete(listener);
  }

  addIdentityCertificateListener(listener: Own): void {
    this.#own.add(listener);
    queueMicrotask(() => this.#sayOwn(listener));
  }

  removeIdentityCertificateListener(listener: Own): void {
    this.#own.delete(listener);
  }

  #sayCa(listener: Ca): void {
    listener({ caCertificate: this.#current.ca as Buffer });
  }

  #sayOwn(listener: Own): void {
    listener({ certificate: this.#current.cert as Buffer, privateKey: this.#current.key as Buffer });
  }
}

/**
 * Who asks, by the certificate of the connection, which TLS has verified.
 * @param raw the certificate, DER
 * @throws ExhibitError AUTH_MISSING, AUTH_INVALID, AUTH_DENIED
 */
export function certificateHolder(raw: Buffer | undefined, settings: readonly MtlsSetting[]): Identity {
  if (raw === undefined) throw new ExhibitError('AUTH_MISSING', 'the caller sent no certificate');
  const certificate = new X509Certificate(raw);
  const names = alternativeNames(certificate.subjectAltName);
  const setting = settings.find(({ san }) => names.includes(san));
  if (setting === undefined)
    throw new ExhibitError('AUTH_INVALID', 'no setting names a subject alternative name of the certificate');
  const identity: Identity = {
    name: setting.san,
    verified_by: 'mTLS',
    roles: setting.roles,
    emitters: setting.emitters,
  };
  requireRole(identity, ['emitter', 'engineer']);
  return identity;
}
