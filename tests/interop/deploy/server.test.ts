import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildProgram } from '../../../src/cli/main.ts';
import { readSettings } from '../../../src/server/read-settings.ts';
import { exhibit } from '../../acceptance/workshop.ts';
import { VARIABLES as STORE } from './evidence-store-calls.ts';
import { decide } from './iam.ts';
import { policyOf } from './iam-schema.ts';
import { newWork, outputsOf, terraform, why } from './terraform.ts';

const texts = z.record(z.string(), z.string());
const feedsSchema = z.object({
  event_patterns: texts,
  queue_policies: texts,
  receiver_policy: z.string(),
  server_queues: z.array(z.record(z.string(), z.string())),
});
const storeSchema = z.object({ copy_commands: z.record(z.string(), z.array(z.string())) });
const serverSchema = z.object({
  settings: z.string(),
  nightly: z.string(),
  user_data: z.string(),
  trust_policy: z.string(),
});

const KEY = '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n';

/** The modules one after another, as somebody puts them together. */
async function deployed(mode: Readonly<Record<string, unknown>> = {}) {
  const feeds = feedsSchema.parse(
    await outputsOf('drift-feeds/modules/feeds', {
      account_id: '111122223333',
      region: 'eu-west-1',
      feeds: ['config', 'guardduty', 'security-hub', 'guardrails'],
    }),
  );
  const store = storeSchema.parse(await outputsOf('evidence-store/modules/policy', { ...STORE, ...mode }));
  const server = serverSchema.parse(
    await outputsOf('server/modules/settings', {
      host_names: ['evidence.example.com'],
      bundles: [
        {
          name: 'main',
          bucket: 'acme-policies',
          key: 'bundles/main.tar.gz',
          region: 'eu-west-1',
          keys: { first: KEY },
        },
      ],
      oidc: [
        {
          issuer: 'https://token.actions.githubusercontent.com',
          audience: 'exhibit',
          grants: [
            {
              claims: { repository: 'acme/shop', repository_id: '74', ref: 'refs/heads/main' },
              roles: ['emitter'],
              emitters: ['ci/shop'],
            },
          ],
        },
      ],
      queues: feeds.server_queues,
      copy_commands: store.copy_commands,
      ledger: 'prod',
    }),
  );
  return { feeds, server };
}

const cloudInit = z.object({
  write_files: z.array(z.object({ path: z.string(), content: z.string(), permissions: z.string() })),
});

describe.skipIf(terraform === undefined)(`the configuration that the modules give${why}`, () => {
  it('is one that the server reads', async () => {
    const { feeds, server } = await deployed();
    const file = join(newWork(), 'server.yaml');
    writeFileSync(file, server.settings);
    const { settings } = readSettings(file, {});
    expect(settings.evidence).toBe('/var/lib/exhibit/evidence');
    expect(settings.tls?.issued?.names).toEqual(['evidence.example.com']);
    expect(settings.bundles[0]).toMatchObject({
      s3: { bucket: 'acme-policies', key: 'bundles/main.tar.gz', region: 'eu-west-1' },
      keys: ['/etc/exhibit/keys/main-first.pem'],
    });
    expect(settings.auth.oidc[0]?.grants[0]?.emitters).toEqual(['ci/shop']);
    expect(settings.events.queues.map(({ name, format }) => [name, format])).toEqual([
      ['config', 'aws-config-compliance'],
      ['guardduty', 'guardduty'],
      ['guardrails', 'cloudtrail-denial'],
      ['security-hub', 'asff'],
    ]);
    expect(feeds.server_queues).toHaveLength(4);
    const { code, stderr } = exhibit(['server', 'config', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('is what the machine gets, with the keys that it names and nothing secret', async () => {
    const { server } = await deployed();
    expect(server.user_data).toMatch(/^#cloud-config\n/);
    const { write_files } = cloudInit.parse(parse(server.user_data));
    const file = (path: string) => write_files.find((one) => one.path === path)?.content;
    expect(file('/etc/exhibit/server.yaml')).toBe(server.settings);
    expect(file('/usr/local/bin/exhibit-nightly')).toBe(server.nightly);
    expect(file('/etc/exhibit/keys/main-first.pem')).toBe(KEY);
    expect(server.user_data).not.toMatch(/PRIVATE|password|secret|token: /i);
  });

  it.each([
    ['GOVERNANCE', {}],
    ['COMPLIANCE', { lock_mode: 'COMPLIANCE', acknowledge_irreversible: true }],
  ])('has commands that the program takes, %s', async (_, mode) => {
    const { server } = await deployed(mode);
    const lines = server.nightly
      .split('\n')
      .flatMap((line) => /^exhibit (.+) \|\| code=\$\?$/.exec(line)?.[1] ?? []);
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect({ line, refused: await refused(line.split(' ')) }).toEqual({ line, refused: '' });
  });

  it('gives events to their queue by their rule, and to the server to receive', async () => {
    const { feeds, server } = await deployed();
    const arn = 'arn:aws:sqs:eu-west-1:111122223333:exhibit-guardduty';
    const by = 'arn:aws:iam::111122223333:role/exhibit-server';
    const ask = (action: string, resource = arn, context = { 'aws:securetransport': 'true' }) =>
      decide(
        { by, action, resource, context },
        {
          identity: [policyOf(feeds.receiver_policy)],
          resource: policyOf(feeds.queue_policies.guardduty),
          account: '111122223333',
        },
      );
    expect(ask('sqs:ReceiveMessage')).toBe('allowed');
    expect(ask('sqs:ReceiveMessage', arn, { 'aws:securetransport': 'false' })).toBe('denied');
    expect([ask('sqs:SendMessage'), ask('sqs:PurgeQueue'), ask('sqs:DeleteQueue')]).toEqual([
      'refused',
      'refused',
      'refused',
    ]);
    expect(ask('sqs:ReceiveMessage', `${arn}-dead`)).toBe('refused');
    expect(policyOf(server.trust_policy).Statement).toMatchObject([
      { Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
    ]);
  });
});

/** Why the command tree does not take words; empty where it does. Nothing is run. */
async function refused(words: readonly string[]): Promise<string> {
  const sink = { write: () => undefined, isTTY: false, columns: 80 };
  const random = (length: number) => new Uint8Array(length);
  const context = { env: {}, cwd: '.', clock: () => 0, random, stdout: sink, stderr: sink };
  const program = buildProgram(context, async () => undefined);
  return program.parseAsync(words, { from: 'user' }).then(
    () => '',
    (error: unknown) => String(error),
  );
}
