import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findKyverno, findOpa, type Repository, readRepository } from '../../../src/policy/index.ts';

export const kyverno = await findKyverno(process.env).catch(() => undefined);
if (process.env.CI === 'true' && kyverno === undefined) throw new Error('kyverno was not found');
export const why = kyverno === undefined ? ' (skipped: no kyverno found)' : '';

/** A folder with these files. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-kyverno-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A policy repository with these files below `policies/`. */
export async function repositoryOf(files: Readonly<Record<string, string>>): Promise<Repository> {
  const below = Object.entries(files).map(([path, text]) => [`policies/${path}`, text]);
  const folder = folderOf({ 'exhibit.yaml': 'name: interop\n', ...Object.fromEntries(below) });
  return readRepository(folder, { opa: await findOpa(process.env) });
}

/** What the CLI itself says of each object, read here and not by our own code: pass, fail, skip or error by policy and object. */
export function applied(
  folder: string,
  policies: readonly string[],
  resources: readonly string[],
  exceptions: readonly string[] = [],
): Record<string, string> {
  const args = ['apply', ...policies, '--policy-report', '--output-format', 'json', '--remove-color'];
  for (const path of resources) args.push('--resource', path);
  for (const path of exceptions) args.push('--exception', path);
  const env = { HOME: folder, TMPDIR: folder };
  const { stdout } = spawnSync(kyverno?.path ?? '', args, { cwd: folder, encoding: 'utf8', env });
  const reports = stdout.split('\n').filter((line) => line.startsWith('{'));
  const out: Record<string, string> = {};
  for (const line of reports) {
    const { results } = JSON.parse(line) as {
      results: {
        policy: string;
        result: string;
        resources: { kind: string; namespace?: string; name: string }[];
      }[];
    };
    for (const { policy, result, resources: on } of results)
      for (const { kind, namespace, name } of on) {
        const key = `${policy} ${[kind, namespace, name].filter(Boolean).join('/')}`;
        // A policy fails an object when one of its rules does.
        if (out[key] !== 'fail') out[key] = result;
      }
  }
  return out;
}
