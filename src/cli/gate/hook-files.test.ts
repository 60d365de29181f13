import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { isJudgedName } from '../../inputs/index.ts';
import { HOOK_FILES } from './hook-files.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

it.each([
  ...[
    'a.yml',
    'k8s/a.YAML',
    'a.json',
    'settings/a.toml',
    'tox.ini',
    'a.properties',
    '.env',
    'a/.env.local',
    'a.env',
  ],
  ...['Dockerfile', 'build/Dockerfile.dev', 'dev.Dockerfile', 'Containerfile', '.github/workflows/ci.yml'],
])('%s is judged in a folder, and by the hook', (file) => {
  expect(isJudgedName(file)).toBe(true);
  expect(HOOK_FILES.test(file)).toBe(true);
});

it.each(['main.tf', 'infra/main.tofu'])('%s is judged by the hook alone: in a folder the plan is', (file) => {
  expect(isJudgedName(file)).toBe(false);
  expect(HOOK_FILES.test(file)).toBe(true);
});

it.each([
  'README.md',
  'prod.tfvars',
  'Dockerfile.dockerignore',
  'Dockerfile.md',
  'my-dockerfile',
  '.toml',
  'a.rego',
  'environment',
])('%s is judged by neither', (file) => {
  expect(isJudgedName(file)).toBe(false);
  expect(HOOK_FILES.test(file)).toBe(false);
});

it('pre-commit hands over the same files, from its own file and as the page says', () => {
  const [hook] = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8'));
  const page = readFileSync(join(ROOT, 'docs/how-to/pre-commit.md'), 'utf8');
  expect(hook.files).toBe(`(?i)${HOOK_FILES.source.replaceAll('\\/', '/')}`);
  expect(hook.types_or).toBeUndefined();
  expect(page).toContain(`files: ${hook.files}\n`);
});
