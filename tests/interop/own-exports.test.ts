import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../src/ledger/index.ts';
import { findOpa } from '../../src/policy/index.ts';
import type { EvidenceRecord } from '../../src/record/index.ts';
import { exhibit, ROOT, temporary, type Workshop, workshop } from '../acceptance/workshop.ts';

const TOOLS = join(homedir(), '.cache', 'exhibit', 'tools');
const PATH = [join(TOOLS, 'checkov-venv', 'bin'), TOOLS, process.env.PATH].join(delimiter);
const there = (name: string) => PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
/** In a pipeline a tool that is not there is a failure. */
const skip = (name: string) => !there(name) && (process.env.CI ?? '') === '';
const title = (name: string) => `${name}${there(name) ? '' : ` (skipped: no ${name} found)`}`;

const FORMATS = ['checkov', 'gatekeeper', 'kyverno'];
const folder = temporary('own-exports');
let shop: Workshop;
const out = (format: string) => join(shop.repository, 'exports', format);

const done = (...args: string[]) => {
  const { code, stderr } = exhibit(args, { cwd: folder, env: { PATH } });
  expect(`${code} ${stderr}`).toMatch(/^0 /);
};

/** Runs a tool with the bundle of the policies, and reads the decisions that it left. */
async function decisions(place: string, ...words: string[]): Promise<EvidenceRecord[]> {
  done('ledger', 'init', place);
  const ended = exhibit(['run', ...shop.flags, '--evidence', place, '--', ...words], {
    cwd: folder,
    // The checks of Checkov ask this one.
    env: { PATH, CI: '', EXHIBIT_OPA: (await findOpa(process.env)).path },
  });
  expect(ended.stderr).toContain('recorded');
  const reader = await openReader(join(folder, place));
  const records: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
    records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
  await reader.close();
  return records.filter(({ record_type }) => record_type === 'decision');
}
const of = (records: readonly EvidenceRecord[], id: string) =>
  records
    .filter(({ policy_id }) => policy_id === id)
    .map(({ verdict, severity }) => `${verdict} ${severity}`);

const pod = (name: string, privileged: boolean) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop}
spec:
  containers:
    - {name: web, image: "nginx:latest", securityContext: {privileged: ${privileged}, allowPrivilegeEscalation: false}}
`;

describe('real tools over exports of policies', () => {
  beforeAll(() => {
    const config = readFileSync(join(ROOT, 'policies', 'exhibit.yaml'), 'utf8');
    const exports = FORMATS.map((format) => `  - {format: ${format}, folder: exports/${format}}\n`).join('');
    shop = workshop(undefined, { 'exhibit.yaml': `${config}exports:\n${exports}` });
    for (const format of FORMATS) done('policy', 'export', format, shop.repository, '--out', out(format));
    writeFileSync(join(folder, 'good.yaml'), pod('good', false));
    writeFileSync(join(folder, 'bad.yaml'), pod('bad', true));
    mkdirSync(join(folder, 'infra'));
    const volume = (name: string, encrypted: boolean) =>
      `resource "aws_ebs_volume" "${name}" {\n  size = 1\n  encrypted = ${encrypted}\n}\n`;
    writeFileSync(join(folder, 'infra', 'main.tf'), volume('open', false) + volume('closed', true));
  }, 300_000);

  it.skipIf(skip('kyverno'))(title('kyverno'), async () => {
    const policy = join(out('kyverno'), 'policies', 'kyverno-privileged-refused.yaml');
    const resources = ['--resource', 'good.yaml', '--resource', 'bad.yaml', '--policy-report'];
    const records = await decisions('kyverno', 'kyverno', 'apply', policy, ...resources);
    // Its own severity, from its own metadata: see policies/kubernetes/kyverno-privileged-refused.
    expect(of(records, 'kyverno-privileged-refused').sort()).toEqual(['fail critical', 'pass critical']);
    expect(records.filter(({ policy_id }) => policy_id?.startsWith('kyverno/'))).toEqual([]);
  });

  it.skipIf(skip('gator'))(title('gator'), async () => {
    const file = (part: string) => join(out('gatekeeper'), part, 'container-not-privileged.yaml');
    const parts = ['templates', 'constraints'].flatMap((part) => ['-f', file(part)]);
    const records = await decisions('gator', 'gator', 'test', '-o', 'json', ...parts, '-f', 'bad.yaml');
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter(({ policy_id }) => policy_id?.startsWith('gatekeeper/'))).toEqual([]);
    expect(of(records, 'container-not-privileged')).toEqual(['fail critical']);
  });

  it.skipIf(skip('checkov'))(title('checkov'), async () => {
    const checks = ['--external-checks-dir', join(out('checkov'), 'checks'), '--skip-download'];
    const only = ['--framework', 'terraform', '--check', 'CKV2_EXH_VOLUME_ENCRYPTED_AT_REST,CKV_AWS_3'];
    const records = await decisions('checkov', 'checkov', '-d', 'infra', '-o', 'json', ...checks, ...only);
    expect(records.map(({ policy_id, verdict }) => `${policy_id} ${verdict}`).sort()).toEqual([
      'checkov/CKV_AWS_3 fail',
      'checkov/CKV_AWS_3 pass',
      'volume-encrypted-at-rest fail',
      'volume-encrypted-at-rest pass',
    ]);
  });
});
