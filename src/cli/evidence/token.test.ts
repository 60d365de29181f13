import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasToken, tokenFor } from './token.ts';

const SERVER = new URL('https://exhibit.example.com');

describe('the token for a server', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'exhibit-token-')), 'token');
  const env = { EXHIBIT_TOKEN_FILE: file };

  it('is what the file holds now: a cluster replaces it', async () => {
    expect(hasToken(env)).toBe(true);
    for (const token of ['one', 'two']) {
      writeFileSync(file, `${token}\n`);
      expect(await tokenFor(SERVER, env)).toBe(token);
    }
    expect(await tokenFor(SERVER, { ...env, EXHIBIT_TOKEN: 'given' })).toBe('given');
  });

  it.each([
    ['empty', ''],
    ['not there', undefined],
  ])('a file that is %s is an error with its place, and no request without a token', async (_, text) => {
    const at = text === undefined ? `${file}.none` : file;
    if (text !== undefined) writeFileSync(at, text);
    await expect(tokenFor(SERVER, { EXHIBIT_TOKEN_FILE: at })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      location: { file: at },
    });
  });
});
