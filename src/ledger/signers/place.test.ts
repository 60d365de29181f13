import { describe, expect, it } from 'vitest';
import { formatSignerPlace, parseSignerPlace } from './place.ts';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const URI = 'pkcs11:token=audit%20log;id=%01%ff?module-path=/usr/lib/softhsm/libsofthsm2.so';

describe('where a key is', () => {
  it('is read in each form of its documentation', () => {
    expect(parseSignerPlace('file:/run/secrets/log.pem')).toEqual({
      kind: 'file',
      path: '/run/secrets/log.pem',
    });
    expect(parseSignerPlace(`awskms:${ARN}`)).toEqual({ kind: 'awskms', key: ARN, region: 'eu-west-1' });
    for (const key of ['1234abcd-12ab-34cd-56ef-1234567890ab', `mrk-${'0'.repeat(32)}`, 'alias/exhibit'])
      expect(parseSignerPlace(`awskms:${key}`)).toEqual({ kind: 'awskms', key, region: undefined });
    expect(parseSignerPlace(`${URI}&pin-source=file:/run/pin`)).toEqual({
      kind: 'pkcs11',
      token: 'audit log',
      id: '01ff',
      module: '/usr/lib/softhsm/libsofthsm2.so',
      pinFile: '/run/pin',
    });
    // RFC 7512, section 2.4: pin-source may be a file URI with an authority that is empty.
    expect(parseSignerPlace(`${URI}&pin-source=file:///run/pin`)).toMatchObject({ pinFile: '/run/pin' });
  });

  it('is read back as it is written', () => {
    for (const text of ['file:/a b/c', `awskms:${ARN}`, URI, `${URI}&pin-source=/run/a%20pin;type=private`]) {
      const place = parseSignerPlace(text.replace(';type=private', ''));
      expect(parseSignerPlace(formatSignerPlace(place))).toEqual(place);
    }
  });

  it.each([
    ['', 'none of'],
    ['file:log.pem', 'whole path'],
    ['gcpkms:projects/x', 'none of'],
    ['awskms:arn:aws:s3:::bucket', 'no key id'],
    ['awskms:-x', 'no key id'],
    ['file:/a\nb', 'control character'],
    [URI.replace('token=audit%20log;', ''), 'wants token'],
    [URI.replace('id=%01%ff', 'object=log'), 'object'],
    [URI.replace('id=%01%ff', 'id='), 'wants id'],
    [URI.replace('id=%01%ff', 'id=%01;id=%02'), 'id twice'],
    [URI.replace('?', ';serial=12?'), 'serial'],
    [URI.replace('?', ';type=cert?'), 'type cert'],
    [URI.replace(/\?.*/, ''), 'wants module-path'],
    [URI.replace('/usr', 'usr'), 'whole path'],
    [URI.replace('%20', '%0a'), 'no text'],
    [URI.replace('%20', '%zz'), 'RFC 7512'],
    [`${URI}?x`, 'two question marks'],
  ])('%j is refused', (text, why) => {
    expect(() => parseSignerPlace(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) }),
    );
  });

  it('a PIN in the URI is refused and not shown', () => {
    expect(() => parseSignerPlace(`${URI}&pin-value=s3cr3t`)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cr3t') }),
    );
  });
});
