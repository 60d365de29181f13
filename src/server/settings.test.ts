import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'exhibit-settings-'));
const file = (text: string) => {
  const path = join(folder, 'server.yaml');
  writeFileSync(path, text);
  return path;
};

describe('the configuration of a server', () => {
  it('says of each value what set it; paths are relative to its file', () => {
    const path = file('evidence: evidence\nlisten:\n  port: 9000\n');
    const { settings, rows } = readSettings(path, { EXHIBIT_SERVER_HOST: '127.0.0.2' });
    expect(settings).toMatchObject({
      evidence: join(folder, 'evidence'),
      listen: { host: '127.0.0.2', port: 9000 },
    });
    const of = (key: string) => rows.find((row) => row.key === key);
    expect(of('listen.port')).toEqual({
      key: 'listen.port',
      value: '9000',
      origin: 'file',
      from: `${path}:3`,
    });
    expect(of('listen.host')).toMatchObject({ origin: 'environment', from: 'EXHIBIT_SERVER_HOST' });
    expect(of('limits.wait_seconds')).toMatchObject({ origin: 'default' });
  });

  it.each<[string, string, RegExp, number | undefined]>([
    ['no YAML', 'evidence: [', /./, 1],
    ['an unknown key', 'evidence: e\nlitsen: {}\n', /litsen/, undefined],
    ['a port that is none', 'evidence: e\nlisten:\n  port: 99999\n', /listen\.port/, 3],
    [
      'a token without its hash',
      'evidence: e\nauth:\n  tokens:\n    - {name: a, roles: [emitter]}\n',
      /hash/,
      4,
    ],
    ['tokens in the clear over the network', 'evidence: e\nlisten: {host: 0.0.0.0}\n', /as they are/, 2],
    [
      'certificates without an authority',
      'evidence: e\nauth: {mtls: [{san: "URI:x", roles: [emitter]}]}\n',
      /client_ca/,
      2,
    ],
    [
      'an issuer without TLS',
      'evidence: e\nauth:\n  oidc:\n    - {issuer: "http://example.com", audience: a, grants: [{claims: {sub: "*"}, roles: [emitter]}]}\n',
      /https/,
      4,
    ],
    [
      'a grant to everybody',
      'evidence: e\nauth:\n  oidc:\n    - {issuer: "https://example.com", audience: a, grants: [{claims: {}, roles: [emitter]}]}\n',
      /claim/,
      4,
    ],
  ])('refuses %s, with its place', (_, text, message, line) => {
    const path = file(text);
    expect(() => readSettings(path, {})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message),
        location: expect.objectContaining({ file: path, ...(line === undefined ? {} : { line }) }),
      }),
    );
  });
});
