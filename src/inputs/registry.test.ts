import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS, parseInput } from './index.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/reference/inputs.md'), 'utf8');
const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/how-to/write-a-policy.md'), 'utf8');

/** Rows of the table of kinds: name, how it is known, what rules see, which place. */
const rows = PAGE.split('\n')
  .filter((line) => line.startsWith('| `') && line.split(/(?<!\\)\|/).length === 6)
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );

/** One file of each form that is judged, and the kind that it must be. */
const SAMPLES: [file: string, text: string, kind: string][] = [
  ['main.tf', 'resource "aws_s3_bucket" "a" {}\n', 'hcl'],
  ['plan.json', '{"format_version": "1.2", "planned_values": {}, "resource_changes": []}', 'terraform-plan'],
  ['t.yaml', 'Resources: {A: {Type: "AWS::S3::Bucket"}}\n', 'cloudformation'],
  [
    'sam.yaml',
    'Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: "AWS::Serverless::Function"}}\n',
    'cloudformation',
  ],
  [
    'azuredeploy.json',
    '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": []}',
    'arm',
  ],
  [
    'item.json',
    '{"resourceType": "AWS::S3::Bucket", "resourceId": "a", "configuration": {}, "configurationItemCaptureTime": "2026-11-20T06:12:41.118Z", "configurationItemStatus": "OK", "awsRegion": "eu-central-1"}',
    'aws-config',
  ],
  [
    'graph.json',
    '{"count": 1, "data": [{"id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Sql/servers/a", "type": "microsoft.sql/servers", "properties": {}}]}',
    'azure-resources',
  ],
  [
    'assets.json',
    '[{"name": "//storage.googleapis.com/a", "assetType": "storage.googleapis.com/Bucket", "resource": {"data": {}}}]',
    'gcp-assets',
  ],
  ['pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', 'kubernetes'],
  ['Dockerfile', 'FROM scratch\n', 'dockerfile'],
  ['.github/workflows/ci.yml', 'on: push\njobs: {a: {steps: []}}\n', 'github-workflow'],
  ['.gitlab-ci.yml', 'a: {script: [make]}\n', 'gitlab-ci'],
  ['site.yml', '- hosts: all\n  tasks: []\n', 'ansible'],
  [
    'request.json',
    '{"principal": "User::\\"a\\"", "action": "Action::\\"b\\"", "resource": "Doc::\\"c\\""}',
    'cedar-request',
  ],
  ['a.toml', 'a = 1\n', 'toml'],
  ['a.ini', '[a]\nb = 1\n', 'ini'],
  ['a.properties', 'a = 1\n', 'properties'],
  ['.env', 'A=1\n', 'dotenv'],
  ['a.json', '{}', 'json'],
  ['a.yaml', 'a: 1\n', 'yaml'],
];

describe('docs/reference/inputs.md', () => {
  it('has a row for each format of the registry, in its order and with its words', () => {
    expect(rows).toEqual(
      FORMATS.map(({ name, reference: { known, sees, positions } }) => [
        `\`${name}\``,
        known,
        sees,
        positions,
      ]),
    );
  });

  it('says how charts and folders of Kustomize are judged', () => {
    expect(PAGE).toMatch(/^## Helm charts$/m);
    expect(PAGE).toMatch(/^## Kustomize$/m);
  });

  it('and the guide for policies name each kind', () => {
    for (const { name } of FORMATS) expect(GUIDE).toContain(`\`${name}\``);
  });
});

describe('the registry', () => {
  it.each(SAMPLES)('takes %s %# for what it is', (file, text, kind) => {
    const { documents, problems } = parseInput(file, Buffer.from(text));
    expect(problems).toEqual([]);
    expect(documents.map((one) => one.kind)).toEqual([kind]);
  });

  it('has a sample for each format', () => {
    expect(new Set(SAMPLES.map(([, , kind]) => kind))).toEqual(new Set(FORMATS.map(({ name }) => name)));
  });
});
