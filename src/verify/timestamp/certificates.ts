import { fromBER } from 'asn1js';
import { Certificate, ExtKeyUsage } from 'pkijs';
import { ExhibitError } from '../../record/index.ts';
import { fromBase64 } from '../base64.ts';

/** Longest file of roots, in bytes. */
const MAX_PEM_BYTES = 1_048_576;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

const ID_TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ID_EXT_KEY_USAGE = '2.5.29.37';
const ID_COMMON_NAME = '2.5.4.3';

/**
 * The certificates of a PEM file: roots of authorities that the reader trusts.
 * @throws ExhibitError CONFIG_INVALID
 */
export function parseRoots(pem: string): Certificate[] {
  if (pem.length > MAX_PEM_BYTES) return wrong(`is longer than ${MAX_PEM_BYTES} bytes`);
  const found = [...pem.matchAll(PEM)].map(([, text = '']) => fromBase64(text.replaceAll(/\s/g, '')));
  if (found.length === 0) return wrong('holds no certificate');
  return found.map((der) => {
    if (der === undefined) return wrong('holds a certificate that is not base64');
    try {
      return certificateOf(der);
    } catch (cause) {
      return wrong('holds a certificate that cannot be read', cause);
    }
  });
}

/** @throws RangeError, or what the library throws */
export function certificateOf(der: Uint8Array): Certificate {
  const { offset, result } = fromBER(der);
  if (offset !== der.length) throw new RangeError('there are bytes behind it');
  return new Certificate({ schema: result });
}

/** Whether the certificate is for time stamps and nothing else, and critically so. @see RFC 3161 section 2.3 */
export function stampsOnly({ extensions = [] }: Certificate): string | undefined {
  const usages = extensions.filter(({ extnID }) => extnID === ID_EXT_KEY_USAGE);
  const [usage] = usages;
  if (usage === undefined || usages.length > 1)
    return 'its certificate does not say once what it is for (extended key usage)';
  if (!usage.critical) return 'the extended key usage of its certificate is not critical';
  const purposes = usage.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : [];
  return purposes.length === 1 && purposes[0] === ID_TIME_STAMPING
    ? undefined
    : `its certificate is for ${purposes.join(', ') || 'nothing that can be read'}, not for time stamps alone`;
}

/** The common name of who signed, or all of its name. Chosen by who made the certificate. */
export function subjectOf({ subject }: Certificate): string {
  const parts = subject.typesAndValues.map(({ type, value }) => ({
    type,
    text: String(value.valueBlock.value),
  }));
  const name = parts.find(({ type }) => type === ID_COMMON_NAME)?.text;
  return name ?? parts.map(({ text }) => text).join(', ');
}

function wrong(message: string, cause?: unknown): never {
  throw new ExhibitError('CONFIG_INVALID', `the file of roots ${message}`, {
    hint: 'It holds certificates in PEM: those of authorities whose time stamps you believe.',
    ...(cause === undefined ? {} : { cause }),
  });
}
