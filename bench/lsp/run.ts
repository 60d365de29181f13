// Ten changed files, 100 policies: `exhibit check --layer pre-commit` as a whole process, and the language server that is warm.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { writeRepository } from '../build/run.ts';
import { inTurn, median, type ProcessRun, type Row, runOnce, summarize } from '../measure.ts';
import { commitAll, git, signedBundle } from '../repository.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXHIBIT = join(ROOT, 'bin', 'exhibit.js');
const FILES = 10;

export async function lspBench({ policies, runs }: { policies: number; runs: number }): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-lsp-'));
  try {
    const bundle = bundleOf(join(folder, 'policies'), policies);
    const app = join(folder, 'app');
    const files = inputs(app);
    const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state') };
    const check = (...paths: string[]) =>
      runOnce(
        process.execPath,
        [EXHIBIT, 'check', ...paths, ...bundle, '--layer', 'pre-commit', '--quiet', '-o', 'json'],
        env,
      );
    const bare = () => runOnce(process.execPath, [EXHIBIT, 'version'], env);
    const commit = committing(app, bundle, env);
    const [ten = [], one = [], whole = [], none = []] = inTurn(runs, [
      () => check(...files),
      () => check(files[0] ?? ''),
      commit,
      bare,
    ]);
    // 3: the plan holds what only its apply knows. Anything else that is no verdict would compare nothing.
    for (const { code, stdout } of [...ten, ...one])
      if (![0, 1, 3].includes(code ?? -1) || !stdout.includes('"summary"'))
        throw new Error(stdout.slice(0, 500));
    for (const { code, stdout } of whole)
      if (code !== 1 || !stdout.includes('manifest-0.yaml'))
        throw new Error(`${code} ${stdout.slice(0, 500)}`);
    const name = `check, ${FILES} changed files, ${policies} policies`;
    return [
      noted(`${name}, cold`, ten),
      noted('check, one changed file, the same policies, cold', one),
      noted(`git commit of ${FILES} changed files, which the hook stops, cold`, whole),
      noted('the program that only says its version: Node and the start', none),
      ...(await warm(app, files, bundle, policies, runs, env)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function noted(name: string, runs: readonly ProcessRun[]): Row {
  const cpu = median(runs.map(({ cpu_seconds }) => cpu_seconds));
  const note = `${runs.length} runs; processor ${cpu.toFixed(2)} s; load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}`;
  return { ...summarize(name, runs), note };
}

/** A checkout in which the changed files are staged, and a hook that finds violations: so each run is the same commit. */
function committing(app: string, bundle: readonly string[], env: NodeJS.ProcessEnv): () => ProcessRun {
  const names = readdirSync(app);
  writeFileSync(join(app, 'README'), 'What was there before.\n');
  writeFileSync(join(app, '.gitignore'), `${names.join('\n')}\n`);
  commitAll(app, 'Before');
  git(app, 'add', '--force', ...names);
  const hook = join(app, '.git', 'hooks', 'pre-commit');
  // What a hook prints, git passes on as errors.
  const words = [process.execPath, EXHIBIT, 'hook', 'run', '-o', 'json'].map((word) => `'${word}'`);
  writeFileSync(hook, `#!/bin/sh\nexec ${words.join(' ')} >&3\n`, { mode: 0o755 });
  const [, file = '', , key = ''] = bundle;
  const settings = { ...env, EXHIBIT_BUNDLE: file, EXHIBIT_BUNDLE_KEYS: key };
  return () =>
    runOnce(
      'sh',
      ['-c', 'exec git -C "$0" -c user.name=bench -c user.email=b@example.com commit -m x 3>&1', app],
      settings,
    );
}

function bundleOf(repository: string, policies: number): string[] {
  writeRepository(repository, policies);
  return signedBundle(repository);
}

/** Files as people change them: manifests of the library's examples, a plan and Terraform source. */
function inputs(app: string): string[] {
  mkdirSync(app, { recursive: true });
  const examples = join(ROOT, 'policies', 'policies', 'kubernetes');
  const manifests = readdirSync(examples, { recursive: true, encoding: 'utf8' })
    .filter((path) => /examples\/bad-.*\.yaml$/.test(path))
    .sort()
    .slice(0, FILES - 1);
  const named = manifests.map((path, i) => [join(examples, path), join(app, `manifest-${i}.yaml`)] as const);
  const all = [
    ...named,
    [join(ROOT, 'examples', 'shop', 'infra', 'plan.json'), join(app, 'plan.json')] as const,
  ];
  for (const [from, to] of all) cpSync(from, to);
  if (all.length !== FILES) throw new Error(`${all.length} files`);
  return all.map(([, to]) => to);
}

/** From the changes that an editor sends to the last of its diagnostics, the pause after a key included. */
async function warm(
  app: string,
  files: readonly string[],
  bundle: readonly string[],
  policies: number,
  runs: number,
  env: NodeJS.ProcessEnv,
): Promise<Row[]> {
  const child = spawn(process.execPath, [EXHIBIT, 'lsp', ...bundle], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const told = new Map<string, number>();
  let wake: () => void = () => undefined;
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, version }: PublishDiagnosticsParams) => {
      told.set(uri, version ?? 0);
      wake();
    },
  );
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(app).href, name: 'app' }],
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  const texts = new Map(files.map((file) => [pathToFileURL(file).href, readFileSync(file, 'utf8')]));
  const until = async (version: number, uris: readonly string[]) => {
    while (uris.some((uri) => told.get(uri) !== version))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  for (const [uri, text] of texts)
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
  await until(1, [...texts.keys()]);
  const all: number[] = [];
  const single: number[] = [];
  for (let run = 0, version = 1; run <= runs * 4; run += 1) {
    version += 1;
    const every = await timed(connection, texts, version, [...texts.keys()], until);
    version += 1;
    const [first = ''] = texts.keys();
    const one = await timed(connection, texts, version, [first], until);
    // The first is the warm-up.
    if (run > 0) {
      all.push(every);
      single.push(one);
    }
  }
  const rss = residentOf(child);
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await new Promise((resolve) => child.on('exit', resolve));
  connection.dispose();
  return [
    row(`language server, ${FILES} changed files at once, ${policies} policies, warm`, all, rss),
    row('language server, one changed file, warm', single, rss),
  ];
}

async function timed(
  connection: ProtocolConnection,
  texts: ReadonlyMap<string, string>,
  version: number,
  uris: readonly string[],
  until: (version: number, uris: readonly string[]) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  for (const uri of uris) {
    const text = texts.get(uri) ?? '';
    // White space at the end: the same verdicts, and nothing that could have been kept.
    const changed = text + ' '.repeat(version % 7);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text: changed }],
    });
  }
  await until(version, uris);
  return (performance.now() - start) / 1_000;
}

function residentOf({ pid }: ChildProcess): number {
  try {
    const pages = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(pages ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

function row(name: string, seconds: readonly number[], rss: number): Row {
  return {
    name,
    value: median(seconds),
    unit: 's',
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    ...(rss > 0 ? { peak_rss_mb: rss } : {}),
    note: `from the change to the diagnostics, with a pause of 0.030 s after a key; load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}`,
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const each of await lspBench({ policies: 100, runs: 20 }))
    process.stdout.write(`${JSON.stringify(each)}\n`);
}
