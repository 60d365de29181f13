import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { createEngine, type Judgement } from '../../../src/engine/index.ts';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import {
  type Bundle,
  buildBundle,
  type ExportManifest,
  exportPolicies,
  openBundle,
} from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import type { Layer } from '../../../src/record/index.ts';

const execute = promisify(execFile);

/** Go's collector, run less often: tools that compile the whole library spend a third of their time there. */
const COLLECTOR = { GOGC: '400', GOMEMLIMIT: '2GiB' };

/** Runs a tool whose standard input ends at once: gator waits for it where it is a pipe. Rejects on an exit code other than 0. */
export function runTool(
  name: string,
  args: readonly string[],
  options: { cwd?: string; maxBuffer?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<{ stdout: string; stderr: string }> {
  const env = { ...(options.env ?? process.env), ...COLLECTOR };
  const running = execute(name, [...args], { ...options, env, encoding: 'utf8' });
  running.child.stdin?.end();
  return running;
}

/** Whether a tool is there. In CI a missing one is a failure, not a skip. */
export async function toolIsThere(name: string, args: readonly string[]): Promise<boolean> {
  const found = await runTool(name, args).then(
    () => true,
    () => false,
  );
  if (process.env.CI === 'true' && !found) throw new Error(`${name} was not found on PATH`);
  return found;
}

const FOREIGN = ['terraform', 'k8s', 'conftest'].map((name) => `../shared/fixtures/${name}`);

/** Every example of the starter library, and files that other projects made. */
export function corpus(): InputDocument[] {
  const files = ['policies', ...FOREIGN]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => walk(folder));
  const inputs = files.filter(
    (file) => /\.(json|ya?ml)$/.test(file) && (!file.startsWith('policies') || file.includes('/examples/')),
  );
  return inputs.flatMap((file) => parseInput(file, readFileSync(file), DEFAULT_LIMITS).documents);
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** The starter library in the form of another tool, in a fresh folder. */
export async function exported(
  format: string,
  source = 'policies',
): Promise<{ folder: string; manifest: ExportManifest }> {
  const folder = await mkdtemp(join(tmpdir(), `exhibit-export-${format}-`));
  const { manifest } = await exportPolicies(source, format, folder, {
    opa: await keptCompiler(),
    madeBy: 'test',
    allowDirty: true,
  });
  return { folder, manifest };
}

export async function starterBundle(): Promise<Bundle> {
  const built = await buildBundle('policies', {
    opa: await keptCompiler(),
    revision: 'test',
    allowDirty: true,
  });
  return openBundle(built.files, { keys: [], allowUnsigned: true });
}

/** What Exhibit says of each document: policy, subject and verdict of what does not pass. */
export async function ours(
  bundle: Bundle,
  documents: readonly InputDocument[],
  layer: Layer,
  clock: () => number = Date.now,
): Promise<{ judged: Judgement[][]; failing: Set<string>[] }> {
  const engine = await createEngine(bundle, { clock });
  try {
    const judged = await engine.judgeMany(documents, layer);
    return { judged, failing: judged.map((list) => new Set(list.filter(isFailing).map(keyOf))) };
  } finally {
    await engine.close();
  }
}

const isFailing = ({ verdict }: Judgement): boolean => verdict !== 'pass' && verdict !== 'not_applicable';

const keyOf = ({ policy_id, subject, verdict }: Judgement): string => key(policy_id, subject.id, verdict);

export const key = (policy: string, subject: string, verdict: string): string =>
  `${policy} ${subject} ${verdict}`;

/** Where two sets differ, in words. */
export function difference(
  document: string,
  mine: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): string[] {
  return [
    ...[...mine].filter((one) => !theirs.has(one)).map((one) => `${document}: only Exhibit: ${one}`),
    ...[...theirs].filter((one) => !mine.has(one)).map((one) => `${document}: only the tool: ${one}`),
  ];
}

const PAGE = 'docs/reference/agreement.md';

/** Says how a real tool agreed, and holds the page that says the same. Without the files of other projects the corpus is a smaller one. */
export function agreed(line: string): void {
  console.log(line);
  if (existsSync('../shared/fixtures')) expect(readFileSync(PAGE, 'utf8')).toContain(`- ${line}\n`);
}
