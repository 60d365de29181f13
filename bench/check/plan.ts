// A plan with many resources, judged with the whole starter library.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn, type Row, runOnce, summarize } from '../measure.ts';
import { commitAll, signedBundle } from '../repository.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXHIBIT = join(ROOT, 'bin', 'exhibit.js');

export interface PlanBenchOptions {
  resources: number;
  runs: number;
}

/** Seconds and peak memory of `exhibit check` on one plan. One resource in a hundred fails. */
export function planBench({ resources, runs }: PlanBenchOptions): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-plan-'));
  try {
    const plan = join(folder, 'plan.json');
    writeFileSync(plan, JSON.stringify(planOf(resources)));
    const repository = join(folder, 'policies');
    cpSync(join(ROOT, 'policies'), repository, {
      recursive: true,
      filter: (path) => !path.includes('.exhibit/'),
    });
    commitAll(repository, 'Starter library');
    const args = signedBundle(repository);
    const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state') };
    const [results = []] = inTurn(runs, [
      () => runOnce(process.execPath, [EXHIBIT, 'check', plan, ...args, '--layer', 'ci', '-o', 'json'], env),
    ]);
    return [summarize(`exhibit: a plan with ${resources} resources, the starter library`, results)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Buckets, databases, volumes, queues and security groups in turn. */
function planOf(resources: number): unknown {
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: {} },
    resource_changes: Array.from({ length: resources }, (_, i) => changeOf(i)),
    configuration: { root_module: {} },
  };
}

function changeOf(i: number): unknown {
  const kinds: [string, Record<string, unknown>][] = [
    [
      'aws_db_instance',
      {
        storage_encrypted: i % 100 !== 0,
        deletion_protection: true,
        backup_retention_period: 7,
        publicly_accessible: false,
        tags: { environment: 'production' },
      },
    ],
    ['aws_ebs_volume', { encrypted: true, size: 20, tags: {} }],
    ['aws_sqs_queue', { sqs_managed_sse_enabled: true, name: `queue-${i}` }],
    [
      'aws_security_group',
      {
        ingress: [
          {
            from_port: 443,
            to_port: 443,
            protocol: 'tcp',
            cidr_blocks: ['10.0.0.0/8'],
            ipv6_cidr_blocks: [],
          },
        ],
        name: `group-${i}`,
      },
    ],
    [
      'aws_dynamodb_table',
      { name: `table-${i}`, point_in_time_recovery: [{ enabled: true }], deletion_protection_enabled: true },
    ],
  ];
  const [type, after] = kinds[i % kinds.length] as [string, Record<string, unknown>];
  const name = `r${i}`;
  return {
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: {
      actions: ['create'],
      before: null,
      after,
      after_unknown: { id: true, arn: true },
      before_sensitive: false,
      after_sensitive: {},
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [resources = '10000', runs = '3'] = process.argv.slice(2);
  for (const row of planBench({ resources: Number(resources), runs: Number(runs) }))
    process.stdout.write(`${JSON.stringify(row)}\n`);
}
