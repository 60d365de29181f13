import { type BaseBlock, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { sameBytes } from '../bytes.ts';
import { engine, hashOf, SHA_256 } from './engine.ts';
import { ID_TST_INFO, type ParsedToken } from './parse.ts';
import { refuse } from './refuse.ts';

const ID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const ID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const ID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const ID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/**
 * Checks what the signer signed beside the time: that it is a time stamp, and with which certificate. The library looks at
 * the digest of the content, and at neither of these.
 * @param der the certificate that the signature is checked with
 * @throws ExhibitError TIMESTAMP_INVALID
 * @see RFC 5652 section 11, RFC 5035 section 3, RFC 5816
 */
export async function checkAttributes({ signer }: ParsedToken, der: Uint8Array): Promise<void> {
  const attributes = signer.signedAttrs?.attributes ?? [];
  const one = (type: string): BaseBlock | undefined => {
    const found = attributes.filter((attribute) => attribute.type === type);
    if (found.length > 1) refuse('attributes', `it has the signed attribute ${type} twice`);
    const values = (found[0]?.values ?? []) as BaseBlock[];
    if (found.length === 1 && values.length !== 1)
      refuse('attributes', `its signed attribute ${type} has not one value`);
    return values[0];
  };
  const type = one(ID_CONTENT_TYPE);
  if (!(type instanceof ObjectIdentifier) || type.valueBlock.toString() !== ID_TST_INFO)
    refuse('attributes', 'its signed attributes do not say that it is a time stamp');
  if (!(one(ID_MESSAGE_DIGEST) instanceof OctetString))
    refuse('attributes', 'its signed attributes have no digest of what was signed');
  const v2 = one(ID_SIGNING_CERTIFICATE_V2);
  if (v2 === undefined)
    refuse(
      'certificate-id',
      one(ID_SIGNING_CERTIFICATE) === undefined
        ? 'it does not say which certificate signed (ESSCertIDv2)'
        : 'it names the certificate that signed by SHA-1 alone (ESSCertID); ESSCertIDv2 is asked for',
    );
  await checkId(v2, der);
}

/** The first id is that of the certificate that signed. */
async function checkId(signingCertificate: BaseBlock, der: Uint8Array): Promise<void> {
  const parts = childOf(childOf(signingCertificate, 0), 0);
  const fields = parts instanceof Sequence ? parts.valueBlock.value : [];
  const [first, second] = fields;
  // The hash algorithm may be left out: then it is SHA-256.
  const named = first instanceof Sequence ? childOf(first, 0) : undefined;
  const oid = named instanceof ObjectIdentifier ? named.valueBlock.toString() : SHA_256;
  const hash = first instanceof Sequence ? second : first;
  const name = hashOf(oid);
  if (!(hash instanceof OctetString) || name === undefined)
    return refuse('certificate-id', 'its ESSCertIDv2 cannot be read, or uses a hash that is not believed in');
  const actual = new Uint8Array(await engine.digest(name, new Uint8Array(der)));
  if (!sameBytes(actual, hash.valueBlock.valueHexView))
    refuse('certificate-id', 'its ESSCertIDv2 names another certificate than the one that signed');
}

function childOf(block: BaseBlock | undefined, at: number): BaseBlock | undefined {
  return block instanceof Sequence ? block.valueBlock.value[at] : undefined;
}
