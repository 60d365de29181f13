import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { wrap } from '../terminal/text.ts';
import { byHand, mended } from './cluster.ts';
import { drift } from './drift.ts';
import { findShop } from './shop.ts';
import type { Stage } from './stage.ts';

const OVERRIDE = `id: shop-web-privileged
policy: container-not-privileged
scope:
  subjects: ["Deployment/production/shop/**"]
owner: ada@example.com
approver: grace@example.com
reason: The kernel module of the card reader needs it until its vendor ships the fix.
ticket: https://tickets.example.com/SHOP-417
created: 2026-11-17
sunset: 2026-11-18
compensating_control: The node pool runs nothing else.
`;

/** Policies, bundle, key, evidence folder. */
export async function setUp(stage: Stage): Promise<void> {
  stage.say('\nPolicies');
  stage.at('2026-11-16T08:00:00Z');
  const repository = stage.path('policies');
  await stage.run(0, 'init', repository);
  const tests = await stage.run(0, 'policy', 'test', repository);
  // The last sentence, which a narrow terminal has on two lines.
  const summary =
    /^\d+ of \d+ tests pass[\s\S]*$/m.exec(tests.stdout.trim())?.[0].replaceAll(/\s+/g, ' ') ?? '';
  stage.say(`  ✓ ${wrap(summary, 74).join('\n    ')}`);
  await stage.run(0, 'policy', 'lint', repository);
  const commit = stage.commit(repository, 'Starter policies');
  await bundle(stage, commit);
  const again = stage.path('again.tar.gz');
  await stage.run(0, 'policy', 'build', repository, '--bundle', again);
  const twin = stage.path('twin.tar.gz');
  await stage.run(0, 'policy', 'build', repository, '--bundle', twin);
  same(again, twin);
  stage.say('  ✓ the same commit gives the same bytes');
  // Another name each time: this machine remembers logs by their names, and this one is made anew.
  const origin = stage.unique('demo.example.com/evidence');
  const init = await stage.run(0, 'ledger', 'init', 'evidence', '--origin', origin);
  writeFileSync(stage.path('log.vkey'), `${/public key\s+(\S+)/.exec(init.stdout)?.[1] ?? ''}\n`);
}

/** Builds, signs and verifies the bundle of the latest commit. */
async function bundle(stage: Stage, commit: string): Promise<void> {
  const repository = stage.path('policies');
  const built = await stage.run(0, 'policy', 'build', repository);
  await stage.run(0, 'policy', 'sign', repository);
  await stage.run(0, 'policy', 'verify', repository);
  stage.say(
    `  ✓ bundle of commit ${commit} signed: ${/sha256:[0-9a-f]{16}/.exec(built.stdout)?.[0] ?? ''}...`,
  );
}

/** A working week: blocked on Monday, waived on Tuesday, silent on Wednesday, expired on Thursday, mended on Friday. */
export async function week(stage: Stage): Promise<void> {
  const shop = findShop();
  stage.say('\nMonday: a real Terraform plan and a Kubernetes manifest');
  stage.at('2026-11-16T09:00:00Z');
  const local = await check(stage, 1, 'pre-commit', join(shop, 'k8s'));
  stage.say(`  ✓ pre-commit stops the commit: ${count(local, 'fail')} faults, each with file, line and fix`);
  stage.at('2026-11-16T10:00:00Z');
  const blocked = await check(stage, 1, 'ci', join(shop, 'infra'), join(shop, 'k8s'));
  stage.say(
    `  ✓ the gate blocks: exit 1, ${count(blocked, 'fail')} fail, ${count(blocked, 'not_evaluated')} known only after apply`,
  );
  const faults = blocked.results.filter((result) => result.verdict === 'fail');
  for (const result of faults.filter((one) => one.disposition === 'enforced')) {
    const place = `${(result.file ?? '').split('/').slice(-2).join('/')}:${result.line ?? '?'}`;
    stage.say(`    ${result.severity.padEnd(8)} ${result.policy_id.padEnd(24)} ${place}`);
  }
  const warned = faults.filter((one) => one.disposition === 'warned').map((one) => one.policy_id);
  stage.say(`    warned: ${wrap(warned.join(', '), 67).join('\n            ')}`);

  stage.say('\nTuesday: all mended but one fault, which an override waives');
  stage.at('2026-11-17T09:00:00Z');
  const file = stage.path('policies', 'overrides', 'shop-web-privileged.yaml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, OVERRIDE);
  await bundle(stage, stage.commit(stage.path('policies'), 'Override SHOP-417'));
  stage.at('2026-11-17T10:00:00Z');
  const input = [join(shop, 'infra-fixed'), join(shop, 'k8s-override')];
  const waived = await check(stage, 0, 'ci', ...input);
  stage.say(
    `  ✓ exit 0: ${waived.summary.waived} waived (still a fail, never a pass), ${waived.summary.pass} pass`,
  );

  stage.say('\nWednesday: nothing runs');
  stage.say('\nThursday, one second after the sunset: the same input');
  stage.at('2026-11-19T00:00:01Z');
  const expired = await check(stage, 1, 'ci', ...input);
  stage.say(`  ✓ exit 1: ${expired.summary.waived} waived, ${expired.summary.fail} fail`);

  await byHand(stage);

  stage.say('\nFriday: mended');
  stage.at('2026-11-20T10:00:00Z');
  const clean = await check(stage, 0, 'ci', join(shop, 'infra-fixed'), join(shop, 'k8s-fixed'));
  stage.say(`  ✓ exit 0: ${clean.summary.pass} pass`);
  await mended(stage);
  await drift(stage);
}

interface Report {
  results: {
    verdict: string;
    disposition: string;
    severity: string;
    policy_id: string;
    file?: string;
    line?: number;
  }[];
  summary: { pass: number; fail: number; waived: number };
}

async function check(stage: Stage, expected: number, layer: string, ...paths: string[]): Promise<Report> {
  const keys = stage.path('policies', '.exhibit', 'keys', 'bundle.pub.pem');
  const signed = stage.path('policies', '.exhibit', 'bundle.tar.gz');
  const { stdout } = await stage.run(
    expected,
    'check',
    ...paths,
    '--layer',
    layer,
    '--bundle',
    signed,
    '--bundle-key',
    keys,
    '--evidence',
    'evidence',
    '--emitter',
    `${layer}@demo`,
    // All of it is for production, also the manifests that do not say so: one thing is one thing at each layer.
    '--environment',
    'production',
    '-o',
    'json',
  );
  return JSON.parse(stdout) as Report;
}

function count({ results }: Report, verdict: string): number {
  return results.filter((result) => result.verdict === verdict).length;
}

function same(a: string, b: string): void {
  if (!readFileSync(a).equals(readFileSync(b)))
    throw new ExhibitError('INTERNAL', 'the same commit gave other bytes');
}
