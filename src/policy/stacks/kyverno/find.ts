import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ExhibitError } from '../../../record/index.ts';
import { cacheFolder, type Environment } from '../../cache-folder.ts';
import { run } from '../../exec.ts';

/** The `kyverno` command: Kyverno's own CLI. */
export interface Kyverno {
  path: string;
  version: string;
}

/** The version with which the suites ran. */
export const KYVERNO_VERSION = '1.19.1';
/** From here on the CLI takes `policies.kyverno.io/v1` and its reports have one form. */
const LEAST = [1, 17] as const;
/** As a plugin of kubectl it has the longer name. */
const NAMES = ['kyverno', 'kubectl-kyverno'].map((name) =>
  process.platform === 'win32' ? `${name}.exe` : name,
);

export const KYVERNO_HINT =
  'Install the Kyverno CLI (https://kyverno.io/docs/kyverno-cli/install/), or set EXHIBIT_KYVERNO to its path.';

/** Where a `kyverno` that was built for Exhibit is kept: `$XDG_CACHE_HOME/exhibit/tools`. */
function toolsCache(env: Environment): string {
  return join(cacheFolder(env), 'tools');
}

/**
 * Finds Kyverno's CLI: EXHIBIT_KYVERNO, then PATH, then the cache. EXHIBIT_KYVERNO is an order: when it does not work nothing
 * else is tried.
 * @throws ExhibitError TOOL_MISSING, with every place that held one that cannot be used
 */
export async function findKyverno(env: Environment): Promise<Kyverno> {
  const tried: string[] = [];
  for (const [source, path] of candidates(env)) {
    const found = await probe(path);
    if (typeof found === 'object') return found;
    if (found !== ABSENT || source === 'EXHIBIT_KYVERNO') tried.push(`${source}: ${path} ${found}`);
    if (source === 'EXHIBIT_KYVERNO') break;
  }
  const why = tried.length === 0 ? 'it is neither on PATH nor in the cache' : tried.join('; ');
  throw new ExhibitError('TOOL_MISSING', `kyverno ${LEAST.join('.')} or newer was not found: ${why}.`, {
    hint: KYVERNO_HINT,
    details: { tried },
  });
}

function* candidates(env: Environment): Generator<[string, string]> {
  const named = env.EXHIBIT_KYVERNO;
  if (named !== undefined && named !== '') yield ['EXHIBIT_KYVERNO', named];
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) for (const name of NAMES) yield ['PATH', join(folder, name)];
  for (const name of NAMES) yield ['cache', join(toolsCache(env), name)];
}

const ABSENT = 'is not there';

async function probe(path: string): Promise<Kyverno | string> {
  try {
    await access(path, constants.X_OK);
    const { code, stdout } = await run(path, ['version'], { timeout: 30_000, env: {} });
    const version = /^Version: v?(\d+\.\d+\.\d+\S*)/m.exec(stdout.toString('utf8'))?.[1];
    if (code !== 0 || version === undefined) return 'does not answer `version` as kyverno does';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const old = major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
    return old ? `is kyverno ${version}, older than ${LEAST.join('.')}` : { path, version };
  } catch (cause) {
    return (cause as { code?: string }).code === 'ENOENT' ? ABSENT : 'cannot be run';
  }
}
