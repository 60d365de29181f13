import { describe, expect, test } from 'vitest';
import { trinoPlace } from './settings.ts';

describe('a secret of Trino', () => {
  const secret = { user: 'me', password: 'hunter2' };

  test('is not sent in the clear, but on this machine', () => {
    expect(() => trinoPlace({ server: 'http://trino.acme.example', ...secret })).toThrow(/in the clear/);
    expect(trinoPlace({ server: 'http://127.0.0.1:8080', ...secret }).headers.authorization).toBe(
      `Basic ${Buffer.from('me:hunter2').toString('base64')}`,
    );
    expect(
      trinoPlace({ server: 'https://trino.acme.example', user: 'me', token: 'abc' }).headers,
    ).toMatchObject({
      authorization: 'Bearer abc',
      'x-trino-user': 'me',
    });
  });

  test('is sent in the charset that Trino reads, or not at all', () => {
    const place = (user: string, password: string) =>
      trinoPlace({ server: 'https://trino.acme.example', user, password });
    // "grün" in ISO 8859-1: 67 72 fc 6e.
    expect(place('me', 'grün').headers.authorization).toBe(
      `Basic ${Buffer.from([0x6d, 0x65, 0x3a, 0x67, 0x72, 0xfc, 0x6e]).toString('base64')}`,
    );
    expect(() => place('me', 'пароль')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('пароль') }),
    );
    expect(() => place('me:you', 'x')).toThrow(/no colon/);
  });

  test('stands in no message', () => {
    const wrong = [
      { server: 'https://me:hunter2@trino.acme.example' },
      { server: 'hunter2' },
      { server: 'ftp://x' },
    ];
    for (const { server } of wrong)
      expect(() => trinoPlace({ server, ...secret })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('hunter2') }),
      );
  });
});
