import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exhibit, type Workshop, workshop } from '../../acceptance/workshop.ts';
import { goProgram } from '../attest/go-program.ts';
import { PROVIDER_VERSION, whyNoBindings } from './bindings.ts';
import { planned, providerOf } from './plan.ts';
import { TOOLS, terraform, why } from './terraform.ts';

const MODULES = ['github.com/hashicorp/terraform-plugin-go v0.29.0'];
const ready = terraform !== undefined && whyNoBindings === '';
const { program, why: whyNoProgram } = ready
  ? goProgram('../deploy/provider.go.txt', MODULES)
  : { program: '', why: '' };
const reason = `${why}${whyNoBindings}${whyNoProgram}`;

const checkedSchema = z.object({
  results: z.array(
    z.looseObject({
      policy_id: z.string(),
      verdict: z.string(),
      message: z.string().nullish(),
      subject: z.looseObject({ id: z.string() }),
    }),
  ),
  summary: z.record(z.string(), z.number()),
});

describe.skipIf(reason !== '')(
  `the modules in a plan, with the arguments of the AWS provider ${PROVIDER_VERSION}${reason}`,
  () => {
    let env: Record<string, string>;
    let library: Workshop;
    beforeAll(() => {
      env = providerOf(program);
      library = workshop();
    });

    function check(file: string) {
      const { code, stdout } = exhibit([
        'check',
        file,
        ...library.flags,
        '--layer',
        'ci',
        '--fail-on',
        'low',
        '-o',
        'json',
      ]);
      return { code, ...checkedSchema.parse(JSON.parse(stdout)) };
    }

    it.each(TOOLS)(
      'pass our own policies, by %s: no fail, and nothing that could not be judged',
      async (tool) => {
        const { file, addresses } = await planned(env, undefined, tool);
        expect(addresses.length).toBeGreaterThan(60);
        const { code, results, summary } = check(file);
        const not = results.filter(({ verdict }) => !['pass', 'not_applicable'].includes(verdict));
        expect(not).toEqual([]);
        expect({
          code,
          fail: summary.fail,
          error: summary.error,
          not_evaluated: summary.not_evaluated,
        }).toEqual({
          code: 0,
          fail: 0,
          error: 0,
          not_evaluated: 0,
        });
        const passed = new Set(
          results.filter(({ verdict }) => verdict === 'pass').map(({ policy_id }) => policy_id),
        );
        expect([...passed].sort()).toEqual(
          [
            ...[
              'bucket-access-lists-off',
              'bucket-access-logged',
              'bucket-encrypted-at-rest',
              'bucket-not-public',
            ],
            ...['bucket-versioned', 'instance-metadata-protected', 'instance-not-public', 'key-recoverable'],
            ...['key-rotated', 'no-open-ingress', 'no-public-principal', 'no-wildcard-permission'],
            ...['queue-encrypted-at-rest', 'store-transport-encrypted', 'volume-encrypted-at-rest'],
          ].sort(),
        );
      },
    );

    it.each([
      [
        'bucket-not-public',
        'evidence-store/modules/bucket/main.tf',
        'block_public_policy     = true',
        'block_public_policy     = false',
      ],
      [
        'bucket-versioned',
        'evidence-store/modules/bucket/main.tf',
        'status = "Enabled"',
        'status = "Suspended"',
      ],
      [
        'bucket-access-lists-off',
        'evidence-store/modules/bucket/main.tf',
        'BucketOwnerEnforced',
        'ObjectWriter',
      ],
      [
        'key-recoverable',
        'evidence-store/modules/bucket/main.tf',
        'deletion_window_in_days = 30',
        'deletion_window_in_days = 7',
      ],
      [
        'key-rotated',
        'evidence-store/modules/bucket/main.tf',
        'enable_key_rotation     = true',
        'enable_key_rotation     = false',
      ],
      [
        'store-transport-encrypted',
        'evidence-store/modules/policy/bucket-policy.tf',
        '"aws:SecureTransport" = "false"',
        '"aws:SecureTransport" = "true"',
      ],
      [
        'no-public-principal',
        'evidence-store/modules/policy/bucket-policy.tf',
        'Principal = { AWS = sort(local.readers) }',
        'Principal = "*"',
      ],
      [
        'no-wildcard-permission',
        'auditor-access/modules/policy/main.tf',
        '"s3:GetObject", "s3:GetObjectRetention"',
        '"s3:*", "*"',
      ],
      [
        'queue-encrypted-at-rest',
        'drift-feeds/main.tf',
        'sqs_managed_sse_enabled    = true',
        'sqs_managed_sse_enabled    = false',
      ],
      ['instance-metadata-protected', 'server/main.tf', '"required"', '"optional"'],
      [
        'volume-encrypted-at-rest',
        'server/main.tf',
        'encrypted             = true',
        'encrypted             = false',
      ],
    ])('and do not any more where somebody weakens them: %s', async (policy, file, from, to) => {
      const { file: plan } = await planned(env, { file, from, to });
      const { code, results } = check(plan);
      const failed = results.filter(({ verdict }) => verdict === 'fail').map(({ policy_id }) => policy_id);
      expect(failed).toContain(policy);
      expect(code).toBe(1);
    });

    it.each([
      [
        'an argument that the provider has not',
        'drift-feeds/main.tf',
        'sqs_managed_sse_enabled    = true',
        'managed_sse_enabled = true',
        /Unsupported argument/,
      ],
      [
        'credentials of another account',
        'example/providers.tf',
        '[var.buckets.second.account_id]',
        '[var.buckets.first.account_id]',
        /another account than the one/,
      ],
      [
        'COMPLIANCE without an acknowledgement',
        'example/main.tf',
        'retention_days     = var.retention_days',
        'retention_days = 30\n  lock_mode = "COMPLIANCE"',
        /COMPLIANCE cannot be undone/,
      ],
    ])('are no plan with %s', async (_, file, from, to, said) => {
      await expect(planned(env, { file, from, to })).rejects.toThrow(said);
    });
  },
);
