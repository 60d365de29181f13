import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

const S3 = 's3: {bucket: abc, key: k, region: eu-west-1}';
const bundle = (origin: string) =>
  `evidence: e\nbundles:\n  - name: main\n    ${origin.includes(', s3') ? origin.replace(', s3', '\n    s3') : origin === '{}' ? '# none' : origin}\n    keys: [k]\n`;

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

  it('knows whose passes count at admission, and sends a token only where it is safe', () => {
    const path = (more: string) =>
      file(
        `evidence: e\nbundles: [{name: a, file: b.tar.gz, keys: [k]}]\nadmission:\n  attestations: {keys: [gate.pub.pem], ${more}}\n`,
      );
    const { settings } = readSettings(path('server: {url: "https://a.example.com", token_file: t}'), {});
    const { attestations } = settings.admission ?? {};
    expect(attestations).toMatchObject({
      keys: [join(folder, 'gate.pub.pem')],
      server: { url: 'https://a.example.com', token_file: join(folder, 't') },
      fail_on: 'high',
    });
    expect(attestations?.controllers).toContainEqual({
      account: 'system:serviceaccount:kube-system:replicaset-controller',
      owner: 'apps/ReplicaSet',
      makes: ['Pod'],
    });
    for (const [more, why] of [
      ['server: {url: "http://a.example.com"}', 'is not https'],
      ['server: {url: "https://u:p@a.example.com"}', 'holds credentials'],
      ['registries: [{host: "a.example.com", insecure: true}]', 'is another machine'],
      ['mutations: [{path: spec}]', 'expected a JSON pointer'],
      ['lineages: a', 'lineages'],
    ] as const)
      expect(() => readSettings(path(more), {})).toThrow(why);
  });

  it('takes a bundle from a file, a bucket or a registry', () => {
    const path = file(
      [
        'evidence: e',
        'bundles:',
        '  - {name: a, file: b.tar.gz, keys: [k]}',
        `  - {name: b, ${S3}, keys: [k]}`,
        '  - {name: c, oci: {reference: "127.0.0.1:5000/a:1", insecure: true, docker_config: d}, keys: [k]}',
        '',
      ].join('\n'),
    );
    const { settings, rows } = readSettings(path, {});
    const at = (name: string) => join(folder, name);
    expect(settings.bundles).toEqual([
      { name: 'a', file: at('b.tar.gz'), keys: [at('k')] },
      {
        name: 'b',
        s3: { bucket: 'abc', key: 'k', region: 'eu-west-1', path_style: false, poll_seconds: 60 },
        keys: [at('k')],
      },
      {
        name: 'c',
        oci: { reference: '127.0.0.1:5000/a:1', insecure: true, docker_config: at('d'), poll_seconds: 60 },
        keys: [at('k')],
      },
    ]);
    expect(rows).toContainEqual({
      key: 'bundles.1.s3.poll_seconds',
      value: '60',
      origin: 'default',
      from: '-',
    });
  });

  it('takes the bundles that its page shows', () => {
    const page = readFileSync(new URL('../../docs/how-to/run-the-server.md', import.meta.url), 'utf8');
    const section = /^### From S3, a registry or another server\n([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
    const [bundles = '', oci = ''] = [...section.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    );
    expect(readSettings(file(`evidence: e\n${bundles}`), {}).settings.bundles).toHaveLength(3);
    const more = `evidence: e\nbundles:\n  - name: main\n    keys: [k]\n${oci.replaceAll(/^/gm, '    ')}`;
    expect(readSettings(file(more), {}).settings.bundles[0]?.oci?.token_host).toBe('auth.example.com');
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
    [
      'an issuer twice, whose second grants nobody would look at',
      `evidence: e\nauth:\n  oidc:\n${'    - {issuer: https://example.com, audience: a, grants: [{claims: {sub: x}, roles: [emitter]}]}\n'.repeat(2)}`,
      /is there twice/,
      undefined,
    ],
    ['tokens in the clear over the network', 'evidence: e\nlisten: {host: 0.0.0.0}\n', /as they are/, 2],
    [
      'certificates without an authority',
      'evidence: e\nauth: {mtls: [{san: "URI:x", roles: [emitter]}]}\n',
      /client_ca/,
      2,
    ],
    [
      'an authz listener for other machines without TLS',
      'evidence: e\nauthz: {tls: false, listen: {host: 10.0.0.1}}\n',
      /must show a certificate/,
      2,
    ],
    [
      'an authz listener for other machines without an authority of callers',
      'evidence: e\nauthz: {listen: {host: 10.0.0.1}}\n',
      /needs tls\.client_ca/,
      2,
    ],
    ['a rule of authz that is no path', 'evidence: e\nauthz:\n  rule: data.x[0]\n', /expected a path/, 3],
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
    ['a bundle from nowhere', bundle('{}'), /exactly one of file, s3, oci, http; found none/, 3],
    [
      'a witness whose key is none',
      'evidence: e\nledger:\n  witnesses:\n    - {url: "https://w.example.org", keys: [w.example.org+1]}\n',
      /key of the witness/,
      4,
    ],
    [
      'witnesses of a ledger that another server has',
      'evidence: https://e.example.com\nspool: {folder: s}\nledger:\n  witnesses:\n    - {url: "https://w.example.org", keys: [w]}\n',
      /has its own/,
      5,
    ],
    ['a ledger elsewhere without a spool', 'evidence: https://e.example.com\n', /need a spool/, 1],
    [
      'a ledger elsewhere without TLS',
      'evidence: http://e.example.com\nspool: {folder: s}\n',
      /not https/,
      1,
    ],
    [
      'a token in the address of a ledger',
      'evidence: https://a:b@e.example.com\nspool: {folder: s}\n',
      /holds credentials/,
      1,
    ],
    [
      'a spool beside a ledger of its own',
      'listen: {port: 1}\nevidence: e\nspool: {folder: s}\n',
      /ledger of its own/,
      3,
    ],
    [
      'certificates from files and made here',
      'evidence: e\ntls: {cert: c, key: k, issued: {folder: f, names: [a]}}\n',
      /cert and key, or issued/,
      2,
    ],
    ['a bundle from two places', bundle(`file: b, ${S3}`), /exactly one.*found file and s3/, 3],
    ['a secret of S3', bundle('s3: {bucket: abc, key: k, region: r, secret_key: x}'), /secret_key/, 4],
    ['an S3 without TLS', bundle(S3.replace('}', ', endpoint: "http://s3.example.com"}')), /https/, 4],
    [
      'a secret in an address',
      bundle(S3.replace('}', ', endpoint: "https://a:b@s3.example.com"}')),
      /credentials/,
      4,
    ],
    [
      'an address that is none',
      bundle(S3.replace('}', ', endpoint: "ftp://s3.example.com"}')),
      /endpoint/,
      4,
    ],
    [
      'an artefact without a version',
      bundle('oci: {reference: r.example/a}'),
      /oci\.reference: names no version/,
      4,
    ],
    [
      'a registry without TLS',
      bundle('oci: {reference: "r.example/a:1", insecure: true}'),
      /another machine/,
      4,
    ],
    [
      'a sender without a secret',
      'evidence: e\nevents:\n  senders:\n    - {name: wiz, emitter: wiz@cloud, formats: [wiz], header: authorization}\n',
      /expected header and hashes, or sns_topics/,
      4,
    ],
    [
      'a sender of a format that is not there',
      `evidence: e\nevents:\n  senders:\n    - {name: wiz, emitter: wiz@cloud, formats: [wizard], header: x-secret, hashes: ['sha256:${'0'.repeat(64)}']}\n`,
      /there is no format wizard/,
      4,
    ],
    [
      'events with a bundle that is not there',
      'evidence: e\nevents: {bundle: other}\n',
      /there is no bundle other/,
      2,
    ],
    [
      'a user without a password',
      bundle('oci: {reference: "r.example/a:1", username_file: u}'),
      /together/,
      4,
    ],
    [
      'two places for credentials',
      bundle('oci: {reference: "r.example/a:1", username_file: u, password_file: p, docker_config: d}'),
      /two places/,
      4,
    ],
    [
      'a token for keys, for nobody knows whom',
      'evidence: e\nauth:\n  oidc:\n    - issuer: https://a.example\n      audience: a\n      jwks_token_file: t\n      grants: [{claims: {sub: a}, roles: [emitter]}]\n',
      /jwks_token_file: a token is shown to a place that is named/,
      4,
    ],
    [
      'a server without TLS',
      bundle('http: {url: "http://exhibit.example/bundles/main"}'),
      /http\.url: .* is not https/,
      4,
    ],
    [
      'a token in an address',
      bundle('http: {url: "https://a:b@exhibit.example/bundles/main"}'),
      /holds credentials/,
      4,
    ],
    [
      'a wait that is longer than a reading may take',
      bundle('http: {url: "https://exhibit.example/bundles/main", wait_seconds: 30}'),
      /given up after 30 s/,
      4,
    ],
    [
      'a bundle that is asked for without a pause',
      bundle(S3.replace('}', ', poll_seconds: 0}')),
      /poll_seconds/,
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
