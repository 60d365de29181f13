import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that renders what is judged. */
export interface Renderer {
  name: 'helm' | 'kustomize';
  /** How to get it. */
  hint: string;
}

export const HELM: Renderer = {
  name: 'helm',
  hint: 'Install Helm 3 (https://helm.sh/docs/intro/install/), or set EXHIBIT_HELM to its path.',
};
export const KUSTOMIZE: Renderer = {
  name: 'kustomize',
  hint: 'Install Kustomize 5 (https://kubectl.docs.kubernetes.io/installation/kustomize/), or set EXHIBIT_KUSTOMIZE to its path.',
};

const SECONDS = 60;
/** Most memory that a renderer may ask for, in KiB: a template can repeat a text without end. */
const MEMORY = 4 * 1024 * 1024;
const LONGEST_MESSAGE = 1_000;

/**
 * Finds a renderer: EXHIBIT_HELM or EXHIBIT_KUSTOMIZE, then PATH, then the cache of tools.
 * @throws ExhibitError TOOL_MISSING
 */
export function findRenderer({ name, hint }: Renderer, env: Environment): string {
  const variable = `EXHIBIT_${name.toUpperCase()}`;
  const named = env[variable];
  const program = process.platform === 'win32' ? `${name}.exe` : name;
  const cache = env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache');
  const places =
    named !== undefined && named !== ''
      ? [named]
      : [
          // One that starts from where we are would let what is judged bring its own.
          ...(env.PATH ?? '').split(delimiter).filter(isAbsolute),
          join(cache, 'exhibit', 'tools'),
        ].map((folder) => join(folder, program));
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  const why = named
    ? `${variable} names ${named}, which is no program`
    : 'it is neither on PATH nor in the cache';
  throw new ExhibitError('TOOL_MISSING', `${name} was not found: ${why}`, { hint });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export interface RenderRun {
  /** Longest output in bytes. */
  limit: number;
  /** What the user calls the folder, for messages, and where it is. */
  file: string;
  path: string;
}

/**
 * What a renderer prints. It runs with an empty environment, an empty home and search path (so without plugins, git and credentials),
 * through a proxy that does not exist, for a minute at most.
 * @param args given the folder that it may write to
 * @throws ExhibitError TOOL_MISSING, TOOL_FAILED, INPUT_TOO_LARGE
 */
export async function render(
  tool: Renderer,
  args: (scratch: string) => readonly string[],
  run: RenderRun,
  env: Environment,
): Promise<string> {
  const program = findRenderer(tool, env);
  const scratch = mkdtempSync(join(tmpdir(), 'exhibit-render-'));
  try {
    const { code, stdout, stderr } = await execute(program, args(scratch), scratch, run.limit);
    if (code === 'size')
      throw new ExhibitError('INPUT_TOO_LARGE', `${tool.name} renders more than ${run.limit} bytes`, {
        location: { file: run.file },
        hint: 'Raise the limit with --max-input-size, or render less.',
      });
    if (code === 'time') throw failed(tool, run, `it was ended after ${SECONDS} seconds`);
    if (code !== 0) throw failed(tool, run, said(stderr, run, scratch));
    return stdout;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function failed(tool: Renderer, { file }: RenderRun, why: string): ExhibitError {
  return new ExhibitError('TOOL_FAILED', `${tool.name} does not render it: ${why}`, {
    location: { file },
    hint: `What cannot be rendered cannot pass. Nothing is downloaded: dependencies and bases lie beside it.`,
  });
}

function said(stderr: string, { file, path }: RenderRun, scratch: string): string {
  const text = stderr
    .replaceAll(path, file)
    .replaceAll(scratch, '.')
    .replace(/^Error: /, '')
    .trim();
  return text.length > LONGEST_MESSAGE
    ? `${text.slice(0, LONGEST_MESSAGE)} ... (cut)`
    : text || 'it says nothing';
}

function execute(
  program: string,
  args: readonly string[],
  scratch: string,
  limit: number,
): Promise<{ code: number | 'size' | 'time'; stdout: string; stderr: string }> {
  const proxy = 'http://127.0.0.1:9';
  const env = {
    HOME: scratch,
    PATH: '',
    TMPDIR: scratch,
    XDG_CACHE_HOME: scratch,
    XDG_CONFIG_HOME: scratch,
    XDG_DATA_HOME: scratch,
    HELM_CACHE_HOME: scratch,
    HELM_CONFIG_HOME: scratch,
    HELM_DATA_HOME: scratch,
    HELM_PLUGINS: join(scratch, 'no-plugins'),
    HELM_NO_PLUGINS: '1',
    KUBECONFIG: join(scratch, 'no-cluster'),
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    GOMEMLIMIT: '2GiB',
  };
  const limited =
    process.platform === 'win32'
      ? ([program, [...args]] as const)
      : (['/bin/sh', ['-c', `ulimit -v ${MEMORY} 2>/dev/null; exec "$0" "$@"`, program, ...args]] as const);
  return new Promise((resolve) => {
    execFile(
      ...limited,
      {
        cwd: scratch,
        env,
        timeout: SECONDS * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: limit,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (error.code === ('ERR_CHILD_PROCESS_STDIO_MAXBUFFER' as unknown))
          resolve({ code: 'size', stdout, stderr });
        else if (error.killed === true) resolve({ code: 'time', stdout, stderr });
        else
          resolve({
            code: typeof error.code === 'number' ? error.code : 1,
            stdout,
            stderr: stderr || error.message,
          });
      },
    );
  });
}
