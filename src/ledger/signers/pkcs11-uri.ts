import { isAbsolute } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import type { SignerPlace } from './types.ts';

type Pkcs11Place = Extract<SignerPlace, { kind: 'pkcs11' }>;

/** CK_TOKEN_INFO keeps 32 bytes for the label. */
const TOKEN_BYTES = 32;
const ID_BYTES = 64;

/**
 * Reads a PKCS #11 URI behind its scheme. An attribute that would narrow down the key and is not heeded here is refused: to
 * leave it out silently could sign with another key.
 * @see RFC 7512 section 2.3
 * @throws ExhibitError CONFIG_INVALID
 */
export function pkcs11Place(text: string): Pkcs11Place {
  const [path = '', query = '', ...more] = text.split('?');
  if (more.length > 0) refuse('has two question marks');
  const [named, asked] = [attributes(path, ';'), attributes(query, '&')];
  const { token, id, type, ...otherPath } = named;
  const { 'module-path': module, 'pin-source': pinSource, 'pin-value': pin, ...otherQuery } = asked;
  if (pin !== undefined)
    refuse('has a pin-value: a PIN stands in EXHIBIT_PKCS11_PIN or in the file that pin-source names');
  const unknown = [...Object.keys(otherPath), ...Object.keys(otherQuery)];
  if (unknown.length > 0)
    refuse(
      `has ${unknown.join(', ')}, which Exhibit does not select by: name the token and the id of the key`,
    );
  if (type !== undefined && utf8(type) !== 'private')
    refuse(`asks for the type ${utf8(type)}, not for a private key`);
  if (token === undefined || token.length === 0 || token.length > TOKEN_BYTES)
    return refuse(`wants token, of at most ${TOKEN_BYTES} bytes`);
  if (id === undefined || id.length === 0 || id.length > ID_BYTES)
    return refuse(`wants id, of 1 to ${ID_BYTES} bytes`);
  return {
    kind: 'pkcs11',
    token: utf8(token),
    id: id.toString('hex'),
    module: wholePath('module-path', module) ?? refuse('wants module-path, the library of the token'),
    pinFile: wholePath('pin-source', pinSource),
  };
}

/** The same place as a URI, without its scheme's other ways to write it. */
export function pkcs11Uri({ token, id, module, pinFile }: Pkcs11Place): string {
  const bytes = id.replaceAll(/../g, '%$&');
  const source = pinFile === undefined ? '' : `&pin-source=${encodePath(`file:${pinFile}`)}`;
  return `pkcs11:token=${encodeURIComponent(token)};id=${bytes}?module-path=${encodePath(module)}${source}`;
}

function attributes(text: string, separator: string): Record<string, Buffer> {
  const found: Record<string, Buffer> = Object.create(null);
  for (const part of text === '' ? [] : text.split(separator)) {
    const [, name, value = ''] =
      /^([a-z0-9_-]+)=((?:[\w\-.~:[\]@!$'()*+,=&/?]|%[0-9A-Fa-f]{2})*)$/.exec(part) ?? [];
    if (name === undefined) return refuse('is not as RFC 7512 writes it');
    if (name in found) refuse(`has ${name} twice`);
    // Byte by byte: an id is bytes, not text.
    found[name] = Buffer.from(
      value.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
  }
  return found;
}

function wholePath(name: string, value: Buffer | undefined): string | undefined {
  if (value === undefined) return undefined;
  const path = utf8(value).replace(/^file:(?:\/\/(?=\/))?/, '');
  return isAbsolute(path) ? path : refuse(`wants a whole path in ${name}`);
}

function utf8(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!/\p{Cc}/u.test(text)) return text;
  } catch {
    // Said below.
  }
  return refuse('has bytes that are no text');
}

const encodePath = (path: string): string =>
  encodeURIComponent(path).replaceAll('%2F', '/').replaceAll('%3A', ':');

function refuse(why: string): never {
  // The URI itself is not shown: somebody may have put a PIN into it.
  throw new ExhibitError('CONFIG_INVALID', `the PKCS #11 URI ${why}`, {
    hint: 'pkcs11:token=TOKEN;id=%01?module-path=/PATH/OF/MODULE.so&pin-source=/PATH/OF/PIN',
  });
}
