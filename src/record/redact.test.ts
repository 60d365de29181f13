import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalize,
  exactNumber,
  isExhibitError,
  REDACTED,
  redact,
  redactText,
  restoreNumbers,
} from './index.ts';

const reasons = (value: unknown, options = {}) =>
  redact(value, options).redactions.map(({ path, reason }) => `${path} ${reason}`);

describe('Terraform plans', () => {
  // The plan of a live Terraform 1.11.4: the provider's copy in before.output and the variable have no mask.
  const plan = {
    format_version: '1.2',
    variables: { env: { value: 'prod2' }, secret: { value: 's3cr3t' } },
    resource_changes: [
      {
        address: 'terraform_data.a[0]',
        change: {
          before: { input: { secret: 's3cr3t' }, output: { secret: 's3cr3t' } },
          after: { input: { secret: 's3cr3t', list: [1, 2.5] } },
          before_sensitive: { input: { secret: true }, output: { list: [false, false] } },
          after_sensitive: { input: { secret: true }, output: {} },
        },
      },
    ],
    configuration: {
      root_module: { variables: { env: {}, secret: { default: 's3cr3t', sensitive: true } } },
    },
  };

  it('redacts what masks name, the flagged variable with its default, and copies without a mask', () => {
    const result = redact(plan, { kind: 'terraform-plan' });
    expect(JSON.stringify(result.value)).not.toContain('s3cr3t');
    expect(result.redactions).toEqual([
      { path: '/variables/secret/value', reason: 'terraform-sensitive' },
      { path: '/resource_changes/0/change/before/input/secret', reason: 'terraform-sensitive' },
      { path: '/resource_changes/0/change/before/output/secret', reason: 'credential-shape' },
      { path: '/resource_changes/0/change/after/input/secret', reason: 'terraform-sensitive' },
      { path: '/configuration/root_module/variables/secret/default', reason: 'terraform-sensitive' },
    ]);
    expect(result.value).toMatchObject({ variables: { env: { value: 'prod2' } } });
  });

  it('finds a copy under another name, inside a longer text, as a key and in base64', () => {
    const secret = 'Tr0ub4dor&3';
    const { value, redactions } = redact({
      format_version: '1.0',
      planned_values: { outputs: { x: { sensitive: true, value: secret } } },
      copies: [`postgres: ${secret}!`, { [secret]: 1 }, btoa(`${secret}xyz`), JSON.stringify({ a: secret })],
    });
    expect(value).toEqual({
      format_version: '1.0',
      planned_values: { outputs: { x: { sensitive: true, value: REDACTED } } },
      copies: [REDACTED, { [REDACTED]: 1 }, REDACTED, REDACTED],
    });
    expect(redactions.filter(({ reason }) => reason === 'same-value').map(({ path }) => path)).toEqual([
      '/copies/0',
      '/copies/1/[redacted]',
      '/copies/2',
      '/copies/3',
    ]);
  });

  it('follows values masks through child modules, prior state and output changes', () => {
    const resource = (secret: string) => ({ values: { k: secret, n: 1 }, sensitive_values: { k: true } });
    const { value } = redact({
      format_version: '0.2',
      planned_values: { root_module: { child_modules: [{ resources: [resource('planned-one')] }] } },
      prior_state: { values: { root_module: { resources: [resource('prior-one')] } } },
      output_changes: {
        o: { before: null, after: 'after-one', before_sensitive: true, after_sensitive: true },
      },
    });
    const text = JSON.stringify(value);
    for (const secret of ['planned-one', 'prior-one', 'after-one']) expect(text).not.toContain(secret);
    expect(value).toMatchObject({ output_changes: { o: { before: null, after: REDACTED } } });
  });

  it('redacts the constant that a module call gives to a sensitive variable', () => {
    const { value } = redact({
      format_version: '1.2',
      configuration: {
        root_module: {
          module_calls: {
            db: {
              expressions: { pin: { constant_value: '991827' }, size: { constant_value: 'large1' } },
              module: { variables: { pin: { sensitive: true }, size: {} } },
            },
          },
        },
      },
    });
    expect(value).toMatchObject({
      configuration: {
        root_module: {
          module_calls: {
            db: { expressions: { pin: { constant_value: REDACTED }, size: { constant_value: 'large1' } } },
          },
        },
      },
    });
  });

  it('takes masks that are true at any level, longer or of another shape than the value', () => {
    const { value } = redact({
      format_version: '1.2',
      resource_changes: [
        { change: { after: { a: [{ b: 'one-one' }], c: 'two-two' }, after_sensitive: true } },
        { change: { after: [1, 2], after_sensitive: [false, true, true] } },
        { change: { after: 'plain', after_sensitive: { x: true } } },
        { change: { after: { a: 'kept' }, after_sensitive: [true] } },
      ],
    });
    expect(value).toMatchObject({
      resource_changes: [
        { change: { after: REDACTED } },
        { change: { after: [1, REDACTED] } },
        { change: { after: 'plain' } },
        { change: { after: { a: 'kept' } } },
      ],
    });
  });

  it('lets no masked secret survive, wherever it is copied to', () => {
    const secret = fc.string({ minLength: 6, maxLength: 80 }).filter((text) => !REDACTED.includes(text));
    const frame =
      'format_version planned_values outputs out sensitive value true 1.0 rest terraform-sensitive';
    fc.assert(
      fc.property(
        secret,
        fc.string(),
        fc.string(),
        fc.jsonValue({ maxDepth: 3 }),
        (hidden, before, after, other) => {
          fc.pre(!frame.includes(hidden) && !JSON.stringify(other).includes(hidden));
          const result = redact({
            format_version: '1.0',
            planned_values: { outputs: { out: { sensitive: true, value: [hidden] } } },
            rest: [other, `${before}${hidden}${after}`, { [`${before}${hidden}`]: { deep: [hidden] } }],
          });
          const texts = JSON.stringify(result);
          expect(texts).not.toContain(JSON.stringify(hidden).slice(1, -1));
        },
      ),
    );
  });
});

describe('Kubernetes Secrets', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'db',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"pw":"aHVudGVyMg=="}}' },
    },
    data: { pw: 'aHVudGVyMg==' },
    stringData: { plain: 'hunter2' },
  };
  const hidden = ['aHVudGVyMg==', 'hunter2'];

  it.each([
    ['alone', secret, ''],
    ['in a List', { apiVersion: 'v1', kind: 'List', items: [{ kind: 'Pod' }, secret] }, '/items/1'],
    [
      'without its kind in a SecretList',
      { kind: 'SecretList', items: [{ ...secret, kind: undefined }] },
      '/items/0',
    ],
    [
      'in an AdmissionReview',
      { kind: 'AdmissionReview', request: { object: null, oldObject: secret } },
      '/request/oldObject',
    ],
    [
      'without its kind in a review',
      { request: { kind: { kind: 'Secret' }, object: { data: secret.data } } },
      '/request/object',
    ],
  ])('%s: the entries go, their names stay', (_name, value, at) => {
    const result = redact(value, { kind: 'kubernetes' });
    for (const text of hidden) expect(JSON.stringify(result.value)).not.toContain(text);
    expect(result.redactions).toContainEqual({ path: `${at}/data/pw`, reason: 'kubernetes-secret' });
  });

  it('redacts the annotation in which kubectl keeps a copy', () => {
    expect(reasons(secret)).toContain(
      '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration kubernetes-secret',
    );
  });

  it('leaves a ConfigMap of the same shape alone', () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', data: { greeting: 'hello there' } };
    expect(redact(map)).toEqual({ value: map, redactions: [] });
  });
});

describe('credentials by shape', () => {
  // Not one of them was ever valid; they are put together here so that no scanner takes this file for a leak.
  const body = 'abcdefghijklmnopqrstuvwxyz0123456789ABCD';
  it.each([
    ['AWS access key', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['PEM', `-----BEGIN ${'RSA PRIVATE KEY'}-----\nMIIE`],
    ['OpenSSH', `-----BEGIN ${'OPENSSH PRIVATE KEY'}-----`],
    ['GitHub', `ghp_${body.slice(0, 36)}`],
    ['GitHub, fine-grained', `github_pat_${body.slice(0, 22)}_x`],
    ['GitLab', `glpat-${body.slice(0, 20)}`],
    ['Slack', `xoxb-${'1234567890-abc'}`],
    ['Google API', `AIza${body.slice(0, 35)}`],
    ['Stripe', `sk_live_${body.slice(0, 24)}`],
    ['npm', `npm_${body.slice(0, 36)}`],
    ['JWT', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln`],
    ['bearer', `Authorization: Bearer ${body.slice(0, 20)}`],
    ['URL password', 'postgres://app:hunter22@db.example:5432/x'],
    ['connection string', 'Server=db;User Id=app;Password=hunter22;'],
  ])('%s, also within a longer text', (_name, text) => {
    expect(reasons({ a: text, b: `x ${text} y` })).toEqual(['/a credential-shape', '/b credential-shape']);
  });

  it.each([
    'password',
    'db_password',
    'clientSecret',
    'API-KEY',
    'tokens',
    'connection_string',
    'aws_secret_access_key',
  ])('anything under %s', (name) => {
    expect(reasons({ [name]: 'x' })).toEqual([`/${name} credential-shape`]);
    expect(reasons({ [name]: ['x'] })).toEqual([`/${name}/0 credential-shape`]);
    expect(reasons({ [name]: { value: 'x' } })).toEqual([`/${name}/value credential-shape`]);
  });

  const hidden = 'SECRETab7x';
  const b64 = (text: string) => Buffer.from(text).toString('base64');
  it.each<[string, unknown]>([
    ['an environment entry', { name: 'DB_PASS', value: hidden }],
    ['a short name', { pw: hidden, user_pass: hidden, DB_PASS: hidden, dbPass: hidden }],
    ['SECRET_KEY_BASE', { SECRET_KEY_BASE: hidden }],
    ['REDIS_AUTH', { REDIS_AUTH: hidden }],
    [
      'names with a version or a stage',
      { jwt_secret_v2: hidden, master_password_old: hidden, token_prod: hidden },
    ],
    ['other letters', { ｐａｓｓｗｏｒｄ: hidden, kennwort: hidden }],
    ['a flag and its value', { args: ['--password', hidden, '--verbose'] }],
    ['a flag and its value in a shell line', { args: ['-c', `run --db-password ${hidden}`] }],
    ['a flag with the value attached', { command: ['mysql', `-p${hidden}`] }],
    [
      'that flag in the arguments of a command',
      { command: ['/usr/bin/mysqldump'], args: ['-u', 'x', `-p${hidden}`] },
    ],
    ['who asks, as curl takes it', { command: ['curl', '-u', `ada:${hidden}`, 'https://x.example'] }],
    ['a short flag of redis', { command: ['/usr/bin/redis-cli', '-h', 'db', '-a', hidden, 'ping'] }],
    ['a short flag of mongo', { command: ['mongosh', '-u', 'ada', '-p', hidden] }],
    ['that flag in a shell line', `mysql -u root -p${hidden} shop`],
    ['a tag as AWS writes it', { Key: 'db_password', Value: hidden }],
    ['a parameter of CloudFormation', { ParameterKey: 'DbPassword', ParameterValue: hidden }],
    ['a list of values', { name: 'db_password', values: [hidden] }],
    ['an object under a password', { password: { plain: hidden } }],
    ['a list of objects under a password', { password: [{ x: hidden }] }],
    ['a data source name', `user:${hidden}@tcp(db:3306)/x`],
    ['a basic authorization', `Basic ${b64(`u:${hidden}`)}`],
    ['a line of netrc', `machine x login y password ${hidden}`],
    ['user data', { user_data: b64(`#!/bin/sh\nexport DB_PASSWORD=${hidden}\n`) }],
    ['JSON in base64', { blob: b64(JSON.stringify({ password: hidden })) }],
    ['a docker configuration', { '.dockerconfigjson': `{"auths":{"r":{"auth":"${b64(`u:${hidden}`)}"}}}` }],
    ['the auth of a registry', { auth: b64(`u:${hidden}`) }],
    ['YAML of a Secret in a text', `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${hidden}\n`],
    ['a value on its own line in YAML', `database:\n  password:\n    ${hidden}\n`],
    ['a short value in YAML', { file: `password: ${hidden.slice(6)}\nuser: x\n` }],
    ['a line of an environment file', { environment: [`DB_PASS=${hidden}`] }],
    ['credentials of an image', { image: `u:${hidden}@registry.example/app` }],
    ['credentials behind a slash', `registry/u:${hidden}@x`],
    [
      'JSON in JSON in JSON',
      JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: hidden }) }) }),
    ],
    ['binary data of a Secret', { kind: 'Secret', binaryData: { a: hidden } }],
  ])('takes out %s', (_name, value) => {
    const { value: left, redactions } = redact(value, { kind: 'kubernetes' });
    const text = JSON.stringify(left);
    for (const form of [hidden, hidden.slice(6), b64(`u:${hidden}`)]) expect(text).not.toContain(form);
    expect(redactions.length).toBeGreaterThan(0);
  });

  it('takes out a password that is a number, and no count', () => {
    const value = {
      password: 12_345_678,
      db_pass: 4_711,
      passwords: 5_000,
      max_tokens: 4_096,
      password_max: 9_000,
    };
    expect(redact(value).value).toEqual({ ...value, password: REDACTED, db_pass: REDACTED });
  });

  it('finds copies of a credential that only its name or its shape gave away', () => {
    const named = 'correct horse battery';
    const shaped = `ghp_${'a1B2'.repeat(9)}`;
    const value = {
      innocent: `before ${named}`,
      db_password: named,
      env: [
        { name: 'PASS_PHRASE_FILE', value: btoa(shaped) },
        { name: 'NOTE', value: `pull with ${shaped}` },
      ],
      json: JSON.stringify({ api_key: 'zeroonetwothree' }),
      label: 'zeroonetwothree-2',
      short: { token: 'default' },
      namespace: 'default',
    };
    expect(redact(value).value).toEqual({
      innocent: REDACTED,
      db_password: REDACTED,
      env: [
        { name: 'PASS_PHRASE_FILE', value: REDACTED },
        { name: 'NOTE', value: REDACTED },
      ],
      json: REDACTED,
      label: REDACTED,
      short: { token: REDACTED },
      namespace: 'default',
    });
  });

  it('sees a credential by the name beside it, and in JSON inside a text', () => {
    expect(reasons({ env: [{ name: 'DB_PASSWORD', value: 'x' }] })).toEqual([
      '/env/0/value credential-shape',
    ]);
    expect(reasons({ definitions: '[{"environment":[{"name":"DB_PASSWORD","value":"x"}]}]' })).toEqual([
      '/definitions credential-shape',
    ]);
  });

  it.each([
    { secretName: 'tls', automountServiceAccountToken: false, secret: { secretName: 'tls' } },
    { url: 'https://example.com:443/a@b', image: 'registry.example:5000/app@sha256:00', key: 'AKIA' },
    { metadata: { name: 'password-policy', labels: { app: 'token-service' } }, kind: 'SecretStore' },
    { metadata_options: [{ http_tokens: 'optional' }], creation_token: 'shared' },
    { env: [{ name: 'DB_ARN', value: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-a1b2c3' }] },
    { env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }] },
    {
      password: { secretKeyRef: { name: 'database', key: 'main' } },
      passwordSecretRef: { name: 'db', key: 'x' },
    },
    { password: { type: 'string', description: 'Of the database', minLength: 8 }, auth: 'required' },
    {
      expressions: { password: { references: ['var.db_password', 'var'] } },
      members: ['user:ada@example.com'],
    },
    {
      args: ['--password-file', '/run/secret', '-p', '8080', '-parallel=4'],
      command: ['server', '-profile'],
    },
    { command: ['curl', '-u', '$WHO:$WORD', '-a', 'x:y'], args: ['redis-cli', '-a', '$REDIS', '-p', '6379'] },
    { args: ['--token', '--verbose'], script: 'export DB_PASSWORD=$FROM_VAULT\nhttp_tokens: required\n' },
    { image: 'registry.example/app:1.2@sha256:00', proxy_pass: 'http://up', text: 'Basic constraints hold' },
    { privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Always', size: 256 }, basic_auth: 'enabled' },
    { volumes: [{ secret: { secretName: 'tls', items: [{ key: 'ca.crt', path: 'ca' }] } }] },
    { file: 'automountServiceAccountToken: false\nmax_tokens: 512\npassword: ""\nsecretName: tls\n' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the variable of a shell
    { config: 'password: {{ .Values.password }}\ntoken: ${TOKEN}\nsecret:\n  secretName: tls\n' },
    { address: 'random_password.db', name: 'db_password', values: { length: 16, kind: 'word' } },
    { policy: btoa('{"Statement":[{"Effect":"Allow"}]}'), digest: 'sha256:0123456789abcdef0123456789abcdef' },
    { after_unknown: { password: true }, references: ['var.db_password'], empty: { password: '' } },
  ])('leaves what is none: %j', (value) => {
    expect(redact(value)).toEqual({ value, redactions: [] });
  });
});

describe('texts for people', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  it.each([
    [`container web runs ${token}.x, which is no image`, 'container web runs [redacted] which is no image'],
    [`"${token}" and 'glpat-${'a1B2'.repeat(6)}'`, `"${REDACTED}" and '${REDACTED}'`],
    ['postgres://app:hunter22@db.example:5432/x is reachable', 'postgres[redacted] is reachable'],
    ['run with --password hunter22 please', 'run with [redacted] please'],
    [`-----BEGIN ${'PRIVATE KEY'}-----\nMIIE\n`, REDACTED],
    ['DB_PASS=hunter22', REDACTED],
    [
      'web has no token, and its password is not rotated',
      'web has no token, and its password is not rotated',
    ],
  ])('%j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
    expect(redactText(expected)).toBe(expected);
  });
});

describe('paths of policies', () => {
  const value = { a: { b: [{ c: 1, d: 'x' }, { c: 'two' }] }, c: [true], 'x.y': { z: 1 } };
  it.each([
    ['$.a.b[*].c', ['/a/b/0/c', '/a/b/1/c']],
    ['$..c', ['/a/b/0/c', '/a/b/1/c', '/c']],
    ['$.a.b[1]', ['/a/b/1']],
    ["$['x.y'].z", ['/x.y/z']],
    ['$.a.*', ['/a/b']],
    ['$..b[0]..d', ['/a/b/0/d']],
    ['$.missing.c', []],
  ])('%s', (path, expected) => {
    const found = redact(value, { paths: [path] }).redactions;
    expect(found.filter(({ reason }) => reason === 'policy').map((one) => one.path)).toEqual(expected);
  });

  it.each(['a.b', '$', '$.a[', '$.a[?(@.b)]', '$.a..', ''])('refuses %j', (path) => {
    expect(() => redact(value, { paths: [path] })).toThrow(
      expect.toSatisfy((error: unknown) => isExhibitError(error, 'POLICY_INVALID')),
    );
  });
});

describe('every value', () => {
  const anything = fc.anything({
    withBigInt: true,
    withNullPrototype: false,
    maxDepth: 4,
    values: [
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('password', 'x', 's3cr3t-value'),
      fc.maxSafeInteger(),
    ],
    key: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('password', '__proto__', 'value', 'name', 'sensitive'),
    ),
  });

  it('has a canonical form afterwards, and redacting again changes nothing', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const once = redact({ format_version: '1.0', value });
        expect(() => canonicalize(once.value)).not.toThrow();
        expect(canonicalize(redact(once.value).value)).toBe(canonicalize(once.value));
      }),
    );
  });

  it('is not changed itself, and comes back equal when it holds no secret', () => {
    const plain = fc
      .jsonValue()
      .filter(
        (value) => !/pass|pw|psk|auth|secret|token|key|credential|:\/\/|=/i.test(JSON.stringify(value)),
      );
    fc.assert(
      fc.property(plain, (value) => {
        const before = JSON.stringify(value);
        const result = redact(value);
        expect(JSON.stringify(value)).toBe(before);
        const unsafe = result.redactions.some(
          ({ reason }) => reason === 'exact-number' || reason === 'not-canonical',
        );
        if (!unsafe) expect(JSON.stringify(result.value)).toBe(before);
      }),
    );
  });

  it('keeps the digits of a number that has no canonical form, so that it can be put back', () => {
    const value = {
      list: [exactNumber('9007199254740993')],
      big: 1e21,
      'a/b': exactNumber('0.12345678901234567890'),
    };
    const result = redact(value);
    expect(result).toEqual({
      value: { list: ['9007199254740993'], big: '1e+21', 'a/b': '0.12345678901234567890' },
      redactions: [
        { path: '/list/0', reason: 'exact-number' },
        { path: '/big', reason: 'exact-number' },
        { path: '/a~1b', reason: 'exact-number' },
      ],
    });
    expect(JSON.stringify(restoreNumbers(result.value, result.redactions))).toBe(
      '{"list":[9007199254740993],"big":1e+21,"a/b":0.12345678901234567890}',
    );
  });

  it('takes such a number under a secret name for a secret, since it becomes text', () => {
    expect(reasons({ password: -9007199254740992, pin: 4711 })).toEqual(['/password credential-shape']);
  });

  it('cuts what is too deep, and a pointer that is too long for a record', () => {
    const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 'bottom');
    expect(reasons(deep)).toEqual([`${'/0'.repeat(100)} not-canonical`]);
    const [one] = redact({ ['k'.repeat(5000)]: { password: 'x' } }).redactions;
    expect(one?.path).toHaveLength(2048);
    expect(one?.path.endsWith('…')).toBe(true);
  });

  it('goes through a text of two megabytes that is made to be slow', () => {
    const hostile = [
      'a:',
      'a:b@',
      ' a:',
      'mysql -',
      'login a',
      '--',
      'password:\n',
      'Basic a',
      'eyJ-',
      '://',
      'AKIA',
      'password',
      '-----BEGIN ',
      'Bearer ',
      'aaaaaa',
      '":"',
    ];
    const value = {
      format_version: '1.0',
      out: { sensitive: true, value: 'aaaaaaaaaaab' },
      texts: hostile.map((t) => t.repeat(2_000_000 / t.length)),
    };
    expect(redact(value).redactions.map(({ path }) => path)).toContain('/out/value');
  });
});
