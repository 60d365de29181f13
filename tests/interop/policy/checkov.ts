import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { findOpa } from '../../../src/policy/index.ts';

const PEERS = resolve('.cache/peers/venv/bin/checkov');

/** The real checkov: EXHIBIT_CHECKOV, PATH, or where `bench/peers.sh` puts it. In CI a missing one is a failure, not a skip. */
export function findCheckov(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const named = env.EXHIBIT_CHECKOV;
  const places = named === undefined ? [...folders.map((folder) => join(folder, 'checkov')), PEERS] : [named];
  const found = places.find((path) => existsSync(path));
  if (env.CI === 'true' && found === undefined) throw new Error('checkov was not found');
  return found;
}

/** One result: PASSED, FAILED or SKIPPED, as checkov prints them. */
export interface CheckovResult {
  check: string;
  file: string;
  resource: string;
  result: string;
  comment: string;
  details: string[];
  severity: string | null;
  guideline: string | null;
}

export interface CheckovRun {
  results: CheckovResult[];
  code: number;
  stderr: string;
}

interface Row {
  check_id: string;
  file_path: string;
  resource: string;
  check_result: { result: string; suppress_comment?: string };
  details?: string[];
  severity: string | null;
  guideline: string | null;
}

/** Runs checkov with our checks alone, over a folder or over what its own flags name. */
export async function runCheckov(
  checkov: string,
  checks: string,
  what: string | readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<CheckovRun> {
  const opa = (await findOpa(process.env)).path;
  // Checkov keeps a file there.
  const home = await mkdtemp(join(tmpdir(), 'exhibit-home-'));
  const env = {
    PATH: `${dirname(opa)}${delimiter}${process.env.PATH}`,
    HOME: home,
    EXHIBIT_OPA: opa,
    ...more,
  };
  const args = [
    ...(typeof what === 'string' ? ['-d', what] : what),
    '--framework',
    'terraform',
    'terraform_plan',
    '--external-checks-dir',
    checks,
  ];
  const only = ['--check', 'CKV2_EXH_*', '--output', 'json', '--compact', '--skip-download'];
  const run = new Promise<CheckovRun>((done, failed) => {
    execFile(checkov, [...args, ...only], { env, maxBuffer: 1024 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      if (error !== null && typeof error.code !== 'number') failed(error);
      else if (!/^\s*[[{]/.test(stdout)) failed(new Error(`checkov: ${stdout}${stderr}`));
      else done({ results: resultsOf(JSON.parse(stdout)), code, stderr });
    });
  });
  return run.finally(() => rm(home, { recursive: true, force: true }));
}

function resultsOf(said: unknown): CheckovResult[] {
  const reports = (Array.isArray(said) ? said : [said]) as { results?: Record<string, Row[]> }[];
  return reports.flatMap(({ results = {} }) =>
    ['passed_checks', 'failed_checks', 'skipped_checks'].flatMap((list) =>
      (results[list] ?? []).map((row) => ({
        check: row.check_id,
        file: row.file_path.replace(/^\//, ''),
        resource: row.resource,
        result: row.check_result.result,
        comment: row.check_result.suppress_comment ?? '',
        details: row.details ?? [],
        severity: row.severity,
        guideline: row.guideline,
      })),
    ),
  );
}

interface Change {
  address?: string;
  module_address?: string;
  mode?: string;
  type?: string;
  name?: string;
  change?: { after?: unknown };
}
interface Module {
  address?: string;
  resources: object[];
  child_modules: Module[];
}

/**
 * A plan with the `planned_values` that Terraform writes beside `resource_changes`, and that the examples leave out: checkov
 * looks for resources there.
 */
export function withPlannedValues(plan: Record<string, unknown>): Record<string, unknown> {
  const root: Module = { resources: [], child_modules: [] };
  const modules = new Map<string, Module>([['', root]]);
  const moduleOf = (address: string): Module => {
    const known = modules.get(address);
    if (known !== undefined) return known;
    const made: Module = { address, resources: [], child_modules: [] };
    modules.set(address, made);
    moduleOf(/^(.*)\.module\.[^.]+$/.exec(address)?.[1] ?? '').child_modules.push(made);
    return made;
  };
  for (const one of plan.resource_changes as Change[]) {
    const { address, mode = 'managed', type, name, change } = one;
    if (typeof change?.after !== 'object' || change.after === null) continue;
    moduleOf(one.module_address ?? '').resources.push({ address, mode, type, name, values: change.after });
  }
  return { ...plan, planned_values: { root_module: root } };
}
