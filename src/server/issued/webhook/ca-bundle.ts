import { X509Certificate } from 'node:crypto';

/** What a caBundle says, and what it is to say. */
export interface Merged {
  /** SHA-256 fingerprints of what it has now. */
  carried: ReadonlySet<string>;
  /** Base64 of PEM, as the API server wants it; undefined where nothing is to be changed. */
  wanted: string | undefined;
}

/** So many certificates are never of one server and its replicas: the text would grow with each look. */
export const MOST = 64;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/**
 * Own authorities beside those that are there. Others that are in force stay: replicas have authorities of their own. What is expired, or no
 * certificate, goes.
 * @param present caBundle of a configuration: whoever may change that wrote it
 * @param own PEM, one certificate each
 * @param now Unix milliseconds
 * @returns undefined where there would be more than `MOST`
 */
export function mergeCaBundle(
  present: string | undefined,
  own: readonly string[],
  now: number,
): Merged | undefined {
  const text = Buffer.from(present ?? '', 'base64').toString('utf8');
  const found = new Map<string, string>();
  for (const [pem] of text.matchAll(CERTIFICATE)) {
    const read = readCertificate(pem);
    if (read !== undefined) found.set(read.fingerprint256, `${pem}\n`);
    if (found.size > MOST) return undefined;
  }
  const carried = new Set(found.keys());
  const kept = [...found].filter(([, pem]) => now < Date.parse(readCertificate(pem)?.validTo ?? ''));
  const all = new Map(kept);
  for (const pem of own) all.set(fingerprintOf(pem), pem);
  if (all.size > MOST) return undefined;
  const same = all.size === carried.size && [...all.keys()].every((one) => carried.has(one));
  return { carried, wanted: same ? undefined : Buffer.from([...all.values()].join('')).toString('base64') };
}

/** @throws what X509Certificate throws for what is no certificate */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
