import { type BaseBlock, Constructed, fromBER, type Sequence } from 'asn1js';
import { type Certificate, ContentInfo, SignedData, type SignerInfo, TSTInfo } from 'pkijs';
import { toHex } from '../../record/index.ts';
import { certificateOf } from './certificates.ts';
import { refuse } from './refuse.ts';

/** Longest token or answer of an authority, in bytes. One with its chain has about 6,000. */
export const MAX_TOKEN_BYTES = 65_536;

const ID_SIGNED_DATA = '1.2.840.113549.1.7.2';
export const ID_TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** A token as it was read: nothing of it was checked but its form. */
export interface ParsedToken {
  signed: SignedData;
  info: TSTInfo;
  signer: SignerInfo;
  /** Certificates that it carries, each with its exact bytes. */
  certificates: { certificate: Certificate; der: Uint8Array }[];
}

/**
 * Reads a TimeStampToken: CMS SignedData with one signer over a TSTInfo.
 * @param der attacker-controlled
 * @throws ExhibitError TIMESTAMP_INVALID
 * @see RFC 3161 section 2.4.2, RFC 5652 section 5
 */
export function parseToken(der: Uint8Array): ParsedToken {
  if (der.length > MAX_TOKEN_BYTES)
    refuse('form', `it has ${der.length} bytes; ${MAX_TOKEN_BYTES} is the most`);
  try {
    const { offset, result } = fromBER(der);
    if (offset !== der.length) refuse('form', 'it is cut off, or there are bytes behind it');
    const content = new ContentInfo({ schema: result });
    if (content.contentType !== ID_SIGNED_DATA) refuse('form', 'it is no signed data');
    const signed = new SignedData({ schema: content.content });
    const { eContent, eContentType } = signed.encapContentInfo;
    if (eContentType !== ID_TST_INFO || eContent === undefined)
      return refuse('form', 'what it signs is no time stamp (TSTInfo)');
    const [signer, ...others] = signed.signerInfos;
    if (signer === undefined || others.length > 0)
      return refuse('form', `it has ${signed.signerInfos.length} signers, not one`);
    const info = TSTInfo.fromBER(eContent.getValue());
    if (info.version !== 1) refuse('form', `it has the version ${info.version}, which is not known`);
    return { signed, info, signer, certificates: certificatesOf(result) };
  } catch (error) {
    if (error instanceof Error && error.name === 'ExhibitError') throw error;
    return refuse('form', 'it is not what RFC 3161 describes', error);
  }
}

/** Raw bytes of each certificate: the library would write them anew, and their hash must be that of what was sent. */
function certificatesOf(content: BaseBlock): ParsedToken['certificates'] {
  const [, wrapped] = (content as Sequence).valueBlock.value;
  const [signed] = (wrapped as Constructed).valueBlock.value;
  const parts = (signed as Sequence).valueBlock.value;
  const set = parts.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0);
  if (!(set instanceof Constructed)) return [];
  return set.valueBlock.value
    .filter(({ idBlock }) => idBlock.tagClass === 1 && idBlock.tagNumber === 16)
    .map((one) => {
      const der = new Uint8Array(one.valueBeforeDecodeView);
      return { certificate: certificateOf(der), der };
    });
}

/** A number of any length, hexadecimal, as records carry it. Undefined for a negative one. */
export function hexOf({ valueBlock }: { valueBlock: { valueHexView: Uint8Array } }): string | undefined {
  const bytes = valueBlock.valueHexView;
  if (((bytes[0] ?? 0) & 0x80) !== 0) return undefined;
  return toHex(bytes[0] === 0 && bytes.length > 1 ? bytes.subarray(1) : bytes);
}
