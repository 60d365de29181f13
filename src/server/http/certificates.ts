import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ExhibitError } from '../../record/index.ts';

/** Where certificate and key lie, and the authority of callers. */
export interface CertificateFiles {
  cert: string;
  key: string;
  client_ca?: string | undefined;
}

/** The files of `tls`, read together and found to be usable. */
export interface Certificates {
  /** What a server is made with, and what `setSecureContext` takes. */
  options: SecureContextOptions;
  /** Over the bytes of the files; another value means that one of them changed. */
  digest: string;
  /** SHA-256 of the server's own certificate, as certificates are usually named; no secret. */
  fingerprint: string;
  /** From and until when it holds, milliseconds since 1970. */
  from: number;
  until: number;
}

/**
 * Reads the certificate, its key and the authority of callers, and tries them.
 * @throws ExhibitError CONFIG_INVALID where one cannot be read, is not PEM, or where the key is another certificate's
 */
export function readCertificates({ cert, key, client_ca }: CertificateFiles): Certificates {
  const [certBytes, keyBytes] = [readPem(cert), readPem(key)];
  const ca = client_ca === undefined ? undefined : readPem(client_ca);
  const own = parse(certBytes, cert);
  if (ca !== undefined && client_ca !== undefined) refuseWrongAuthority(ca, client_ca);
  const options: SecureContextOptions = {
    cert: certBytes,
    key: keyBytes,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    const mismatch = (cause as NodeJS.ErrnoException).code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH';
    throw new ExhibitError(
      'CONFIG_INVALID',
      mismatch
        ? `the key ${key} is not that of the certificate ${cert}`
        : `TLS cannot use ${cert} and ${key}`,
      {
        cause,
        location: { file: key },
        hint: 'Write certificate and key of one issue, both as PEM, the key without a passphrase.',
      },
    );
  }
  const hash = createHash('sha256');
  for (const bytes of [certBytes, keyBytes, ca ?? Buffer.alloc(0)])
    hash.update(`${bytes.length}\n`).update(bytes);
  return {
    options,
    digest: hash.digest('hex'),
    fingerprint: own.fingerprint256,
    from: Date.parse(own.validFrom),
    until: Date.parse(own.validTo),
  };
}

/** @throws ExhibitError CONFIG_INVALID for one that callers would refuse now */
export function requireInForce({ from, until }: Certificates, now: number, file: string): void {
  if (now >= from && now < until) return;
  const [what, when] = now < from ? ['is not valid before', from] : ['expired at', until];
  throw new ExhibitError(
    'CONFIG_INVALID',
    `the certificate ${file} ${what} ${new Date(when).toISOString()}`,
    {
      location: { file },
    },
  );
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** OpenSSL passes over what it cannot read in this file, and then lets nobody in without a word. */
function refuseWrongAuthority(ca: Buffer, file: string): void {
  const blocks = ca.toString('latin1').match(BLOCK) ?? [];
  if (blocks.length === 0)
    throw new ExhibitError('CONFIG_INVALID', `no certificate in ${file}`, { location: { file } });
  for (const block of blocks) parse(Buffer.from(block, 'latin1'), file);
}

function parse(pem: Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `${file} is not a certificate in PEM`, {
      cause,
      location: { file },
    });
  }
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read ${file}`, { cause, location: { file } });
  }
}
