import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import type { Answers } from './answers.ts';
import { cacheFolder, type Environment } from './cache-folder.ts';
import { run } from './exec.ts';
import type { Opa } from './types.ts';

/** The version that is built from source when none is there, and with which the suites ran. */
export const OPA_VERSION = '1.22.2';
/** The newest release whose digests several projects pin: what is downloaded. It compiles the same WebAssembly. */
export const OPA_RELEASE = '1.21.1';

const exe = process.platform === 'win32' ? 'opa.exe' : 'opa';

/** Where an installed `opa` is kept: `$XDG_CACHE_HOME/exhibit/opa/<version>`. */
export function opaCache(env: Environment, version: string = OPA_VERSION): string {
  return join(cacheFolder(env), 'opa', version);
}

/**
 * Finds `opa` 1.0 or newer: EXHIBIT_OPA, then PATH, then the cache. Only looks; see `installOpa`.
 * EXHIBIT_OPA is an order, not a hint: when it does not work nothing else is tried.
 * @param answers where its answers are kept; without it every question is asked anew
 * @throws ExhibitError TOOL_MISSING, with every place that was looked at and what was there
 */
export async function findOpa(env: Environment, answers?: Answers): Promise<Opa> {
  const tried: string[] = [];
  for (const [source, path] of candidates(env)) {
    const found = await recalled(path, answers);
    if (typeof found !== 'string') return found;
    tried.push(`${source}: ${found}`);
    if (source === 'EXHIBIT_OPA') break;
  }
  throw missing(tried);
}

async function recalled(path: string, answers: Answers | undefined): Promise<Opa | string> {
  if (answers === undefined) return probe(path);
  const known = await answers.identity(path);
  if (known !== undefined) return { path, version: known.version, kept: { answers, digest: known.digest } };
  const found = await probe(path);
  if (typeof found === 'string') return found;
  const identity = await answers.identify(path, found.version);
  return identity === undefined ? found : { ...found, kept: { answers, digest: identity.digest } };
}

export function missing(tried: readonly string[]): ExhibitError {
  return new ExhibitError(
    'TOOL_MISSING',
    `opa 1.0 or newer was not found.\n${tried.map((line) => `  ${line}`).join('\n')}`,
    {
      hint: 'Install opa (https://www.openpolicyagent.org/docs/#running-opa), or set EXHIBIT_OPA to its path.',
      details: { tried },
    },
  );
}

function* candidates(env: Environment): Generator<[string, string]> {
  const named = env.EXHIBIT_OPA;
  if (named !== undefined && named !== '') yield ['EXHIBIT_OPA', named];
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) yield ['PATH', join(folder, exe)];
  yield ['cache', join(opaCache(env), exe)];
  yield ['cache', join(opaCache(env, OPA_RELEASE), exe)];
}

/** The compiler at a path, or why it is none. */
export async function probe(path: string): Promise<Opa | string> {
  try {
    await access(path, constants.X_OK);
    const { code, stdout } = await run(path, ['version'], { timeout: 10_000 });
    const version = /^Version: (\d+\.\d+\.\d+\S*)/m.exec(stdout.toString('utf8'))?.[1];
    if (code !== 0 || version === undefined) return `${path} does not answer \`version\` as opa does`;
    if (Number.parseInt(version, 10) < 1) return `${path} is opa ${version}, older than 1.0`;
    return { path, version };
  } catch (cause) {
    const absent = (cause as { code?: string }).code === 'ENOENT';
    return absent ? `${path} is not there` : `${path} cannot be run`;
  }
}
