import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkOverrides, readOverrides } from '../override-files.ts';
import { readConfig } from '../tree.ts';
import type { Files, Policy, Repository } from '../types.ts';
import { approveOverride } from './approve.ts';
import { approvalBytes } from './check.ts';
import { ticketReceipt } from './ticket.ts';

const OVERRIDE = `id: shop-417
policy: db-encrypted
scope: {subjects: ["aws_db_instance.legacy"]}
owner: ada@example.com
approver: grace@example.com
reason: The database is retired in March; see the plan.
ticket: https://github.com/example/shop/issues/417
created: 2026-11-01
sunset: 2026-11-30
`;
const FILE = 'overrides/shop-417.yaml';
/** When the commit was made that is judged. */
const AT = Date.parse('2026-11-20T00:00:00Z');
const policies = new Map([['db-encrypted', 'high' as const]]);

/** What becomes of the override in a repository with these settings and files. */
async function outcome(
  rules: string,
  more: Record<string, string | Uint8Array> = {},
  text = OVERRIDE,
  at = AT,
) {
  const files = filesOf(rules, more, text);
  const { config, problems } = readConfig(files);
  expect(problems).toEqual([]);
  const { overrides, rejected } = await checkOverrides(readOverrides(files, policies), files, {
    rules: config.overrides,
    repository: config.name,
    prefix: '',
    at,
  });
  return overrides[0] ?? rejected[0]?.reason;
}

function filesOf(rules: string, more: Record<string, string | Uint8Array>, text = OVERRIDE): Files {
  const all = { 'exhibit.yaml': `name: x\noverrides: ${rules}\n`, [FILE]: text, ...more };
  return new Map(Object.entries(all).map(([name, data]) => [name, Buffer.from(data as string)]));
}

const folder = mkdtempSync(join(tmpdir(), 'exhibit-approval-'));
const keygen = (args: string[], input = '') =>
  execFileSync('ssh-keygen', args, { cwd: folder, input, stdio: ['pipe', 'pipe', 'ignore'] });
const publicKey = (name: string) =>
  readFileSync(join(folder, `${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');

beforeAll(() => {
  for (const name of ['grace', 'ada', 'eve']) keygen(['-q', '-t', 'ed25519', '-N', '', '-f', name]);
  keygen(['-q', '-t', 'rsa', '-b', '3072', '-N', '', '-f', 'grace-rsa']);
});
const signers = (lines: string[]) => ({ 'overrides/allowed_signers': `${lines.join('\n')}\n` });
const graceSigns = () =>
  signers([`grace@example.com ${publicKey('grace')}`, `ada@example.com ${publicKey('ada')}`]);
/** Signed by the program itself, over the bytes of the text. */
const sign = (key: string, bytes: Uint8Array, namespace = 'exhibit-override') =>
  execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', key], {
    cwd: folder,
    input: bytes,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
/** RFC 8785 form of the override, by hand. */
const TEXT =
  '{"approver":"grace@example.com","created":"2026-11-01","id":"shop-417","owner":"ada@example.com","policy":"db-encrypted","reason":"The database is retired in March; see the plan.","scope":{"subjects":["aws_db_instance.legacy"]},"sunset":"2026-11-30","ticket":"https://github.com/example/shop/issues/417"}';
/** What is signed of it in the repository `x`, by hand. */
const BYTES = Buffer.from(`{"override":${TEXT},"repository":"x","schema":"exhibit.approval/1"}`);

describe('approval by code owners', () => {
  const CODEOWNERS = { CODEOWNERS: '* @all\noverrides/ grace@example.com @org/risk\n' };

  it('counts where it is asked for, and is on the override where it is not', async () => {
    const expected = { id: 'shop-417', approval: { by: 'codeowners', evidence: 'CODEOWNERS:2' } };
    expect(await outcome('{approval: [codeowners]}', CODEOWNERS)).toMatchObject(expected);
    expect(await outcome('{}', CODEOWNERS)).toMatchObject(expected);
    expect(await outcome('{}')).not.toHaveProperty('approval');
  });

  it.each([
    ['nobody owns the file', { CODEOWNERS: '*.rego grace@example.com\n' }, 'nobody is'],
    ['somebody else does', { CODEOWNERS: '* @all\n' }, '@all'],
    ['a later line takes it away', { CODEOWNERS: '* grace@example.com\n/overrides/ @risk\n' }, '@risk'],
    ['there is no such file', {}, 'there is no CODEOWNERS'],
  ])('does not count: %s', async (_name, files, why) => {
    const reason = await outcome('{approval: [codeowners]}', files);
    expect(reason).toContain('nobody approved it');
    expect(reason).toContain(why);
  });
});

describe('approval by signature', () => {
  it.each(['grace', 'grace-rsa'])('of the key %s over the canonical bytes', async (key) => {
    const files = {
      ...signers([`grace@example.com ${publicKey(key)}`]),
      [`${FILE}.sig`]: sign(key, BYTES),
    };
    const [, fingerprint] = keygen(['-lf', `${key}.pub`])
      .toString('utf8')
      .split(' ');
    for (const rules of ['{approval: [signature]}', '{approval: [codeowners, signature]}', '{}'])
      expect(await outcome(rules, files)).toMatchObject({
        approval: { by: 'signature', evidence: fingerprint },
      });
  });

  it('does not depend on how the YAML is written, but on what it says', async () => {
    const files = { ...graceSigns(), [`${FILE}.sig`]: sign('grace', BYTES) };
    const turned = `# A note\n${OVERRIDE.trimEnd().split('\n').reverse().join('\n')}\n`;
    expect(await outcome('{approval: [signature]}', files, turned)).toMatchObject({ id: 'shop-417' });
    for (const changed of [
      OVERRIDE.replace('2026-11-30', '2026-12-30'),
      OVERRIDE.replace('legacy', '*'),
      OVERRIDE.replace('grace@', 'eve@'),
      `${OVERRIDE}compensating_control: none\n`,
    ]) {
      // Also where no signature is asked for: it was given for another text.
      for (const rules of ['{approval: [signature]}', '{}'])
        expect(await outcome(rules, files, changed)).toContain('is no approval of this text');
    }
  });

  it('holds while its key does: until the last second before its end, and not from its end on', async () => {
    const files = {
      ...signers([
        `grace@example.com valid-after="20261110000000Z",valid-before="20261120000000Z" ${publicKey('grace')}`,
      ]),
      [`${FILE}.sig`]: sign('grace', BYTES),
    };
    const at = (time: string) => outcome('{approval: [signature]}', files, OVERRIDE, Date.parse(time));
    // The override is of 1 November, when this key did not hold yet: an approval comes after what it approves.
    expect(await at('2026-11-10T00:00:00Z')).toMatchObject({ approval: { by: 'signature' } });
    expect(await at('2026-11-19T23:59:59Z')).toMatchObject({ approval: { by: 'signature' } });
    expect(await at('2026-11-20T00:00:01Z')).toContain('is no approval');
    expect(await at('2026-11-09T23:59:59Z')).toContain('is no approval');
  });

  it('ends with the line of a person who left', async () => {
    const left = {
      ...signers([`ada@example.com ${publicKey('ada')}`]),
      [`${FILE}.sig`]: sign('grace', BYTES),
    };
    expect(await outcome('{approval: [signature]}', left)).toContain('is no approval');
  });

  it.each([
    [
      'another key',
      () => ({ ...graceSigns(), [`${FILE}.sig`]: sign('eve', BYTES) }),
      'is no approval of this text',
    ],
    [
      'another purpose',
      () => ({ ...graceSigns(), [`${FILE}.sig`]: sign('grace', BYTES, 'git') }),
      'is no approval',
    ],
    [
      'another repository',
      () => ({
        ...graceSigns(),
        [`${FILE}.sig`]: sign(
          'grace',
          Buffer.from(BYTES.toString('utf8').replace('"repository":"x"', '"repository":"y"')),
        ),
      }),
      'signed for another repository than x',
    ],
    [
      'the override alone, of no repository',
      () => ({ ...graceSigns(), [`${FILE}.sig`]: sign('grace', Buffer.from(TEXT)) }),
      'is no approval of this text',
    ],
    [
      'no signature at all',
      () => ({ ...graceSigns(), [`${FILE}.sig`]: 'LGTM' }),
      'is no approval of this text',
    ],
    [
      'no list of signers',
      () => ({ [`${FILE}.sig`]: sign('grace', BYTES) }),
      'there is no overrides/allowed_signers',
    ],
    [
      'a key that ended before the commit, though after the day on which the override says that it was created',
      () => ({
        ...signers([`grace@example.com valid-before="20261119" ${publicKey('grace')}`]),
        [`${FILE}.sig`]: sign('grace', BYTES),
      }),
      'was not valid at 2026-11-20T00:00:00.000Z',
    ],
    [
      'a key that is its owner’s too',
      () => ({
        ...signers([`grace@example.com,ada@example.com ${publicKey('grace')}`]),
        [`${FILE}.sig`]: sign('grace', BYTES),
      }),
      'signed with a key of its owner: ada@example.com',
    ],
    ['none, where one is asked for', () => graceSigns(), `there is no signature ${FILE}.sig`],
  ])('does not count: %s', async (_name, files, why) => {
    expect(await outcome('{approval: [signature]}', files())).toContain(why);
  });
});

describe('approving', () => {
  const repository = (rules: string, more: Record<string, string>, text = OVERRIDE): Repository => {
    const files = filesOf(rules, more, text);
    const policy = { id: 'db-encrypted', severity: 'high' } as Policy;
    return { folder, files, policies: [policy], config: readConfig(files).config } as Repository;
  };
  const pending = OVERRIDE.replace(/^approver.*\n/m, '');

  it('writes the approver and a signature that then holds; the rest of the file stays', async () => {
    const text = `# Why it is here\n${pending}`;
    const key = join(folder, 'grace');
    const { changes, approval } = await approveOverride(
      repository('{approval: [signature]}', graceSigns(), text),
      'shop-417',
      {
        approver: 'grace@example.com',
        key,
      },
    );
    expect(approval?.by).toBe('signature');
    const written = Buffer.from(changes.get(FILE) ?? '').toString('utf8');
    expect(written).toContain('# Why it is here\n');
    expect(written).toContain('approver: grace@example.com\n');
    const files = { ...graceSigns(), [`${FILE}.sig`]: changes.get(`${FILE}.sig`) ?? '' };
    expect(await outcome('{approval: [signature]}', files, written)).toMatchObject({
      approver: 'grace@example.com',
    });
  });

  it.each([
    ['its owner', '{}', {}, { approver: 'Ada <ADA@example.com>' }, 'its approver is its owner'],
    ['nobody', '{}', {}, {}, 'names no approver'],
    [
      'no code owner',
      '{approval: [codeowners]}',
      { CODEOWNERS: '* @all' },
      { approver: '@grace' },
      'is no code owner',
    ],
    [
      'a key of somebody else',
      '{approval: [signature]}',
      {},
      { approver: 'eve@example.com', key: 'grace' },
      'is no approval',
    ],
  ])('is refused: %s', async (_name, rules, files, options, why) => {
    const key = 'key' in options ? { key: join(folder, options.key as string) } : {};
    const more = 'key' in options ? graceSigns() : files;
    await expect(
      approveOverride(repository(rules, more, pending), 'shop-417', { ...options, ...key }),
    ).rejects.toThrow(why);
  });

  it('takes a signature away that another approver gave', async () => {
    const files = { CODEOWNERS: '* @all @risk', [`${FILE}.sig`]: sign('grace', BYTES).toString('utf8') };
    const { changes } = await approveOverride(repository('{}', files), 'shop-417', { approver: '@risk' });
    expect([...changes.keys()]).toEqual([FILE, `${FILE}.sig`]);
    expect(changes.get(`${FILE}.sig`)).toBeUndefined();
  });

  it('signs what stands in the file', () => {
    expect(Buffer.from(approvalBytes(JSON.parse(TEXT), 'x'))).toEqual(BYTES);
  });
});

describe('what is known of the ticket', () => {
  const receipt = (check: object, digest?: string) => ({
    'overrides/shop-417.ticket.json': ticketReceipt(
      {
        // sha256sum of the canonical text above
        digest: (digest ?? `sha256:${DIGEST}`) as `sha256:${string}`,
        ticket: 'https://github.com/example/shop/issues/417',
      },
      {
        state: 'open',
        owner: 'matches',
        checked_at: '2026-11-02T00:00:00.000Z',
        tracker: 'github.com',
        ...check,
      },
    ),
  });
  const DIGEST = execFileSync('sha256sum', { input: TEXT }).toString('utf8').slice(0, 64);

  it('is on the override', async () => {
    expect(await outcome('{unchecked_tickets: reject}', receipt({}))).toMatchObject({
      ticket_check: {
        state: 'open',
        owner: 'matches',
        tracker: 'github.com',
        checked_at: '2026-11-02T00:00:00.000Z',
      },
    });
  });

  it.each([
    [{ state: 'closed' }, 'its ticket is closed'],
    [{ state: 'missing', owner: 'unknown' }, 'its ticket is not there'],
    [{ owner: 'differs' }, 'its ticket is not assigned to its owner'],
  ])('%j: it does not apply, whatever the settings', async (check, why) => {
    for (const rules of ['{}', '{unchecked_tickets: apply}', '{unchecked_tickets: reject}'])
      expect(await outcome(rules, receipt(check))).toBe(why);
  });

  it.each([
    ['nobody asked', {}, 'nobody asked the tracker'],
    [
      'no answer',
      receipt({ state: 'unchecked', owner: 'unknown', why: 'it refuses to say' }),
      'it refuses to say',
    ],
    [
      'an answer about another text',
      receipt({}, `sha256:${'0'.repeat(64)}`),
      'changed after its ticket was checked',
    ],
    [
      'no receipt of ours',
      { 'overrides/shop-417.ticket.json': '{"state": "open"}' },
      'is not what a check writes',
    ],
    ['an owner that cannot be told', receipt({ owner: 'unknown', why: 'no address' }), 'no address'],
  ])('%s: the setting decides, and the override says so', async (_name, files, why) => {
    expect(await outcome('{unchecked_tickets: reject}', files)).toContain(why);
    expect(await outcome('{}', files)).toMatchObject({ ticket_check: { why: expect.stringContaining(why) } });
  });
});
