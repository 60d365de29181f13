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
