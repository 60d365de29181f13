import { join } from 'node:path';
import { Answers } from './answers.ts';
import { cacheFolder, type Environment } from './cache-folder.ts';
import { findOpa } from './find-opa.ts';
import type { Opa } from './types.ts';

/**
 * `findOpa`, with its answers kept in `$XDG_CACHE_HOME/exhibit/answers`, so that what did not change is not compiled again.
 * Not in a pipeline (CI is set): its cache may have been filled by a run that nobody reviewed, and what a build takes from
 * there would be signed. EXHIBIT_BUILD_CACHE=off or on decides otherwise.
 * @throws ExhibitError TOOL_MISSING
 */
export async function findCompiler(env: Environment): Promise<Opa> {
  const kept = keeps(env) ? new Answers(join(cacheFolder(env), 'answers')) : undefined;
  return findOpa(env, kept);
}

function keeps(env: Environment): boolean {
  if (env.EXHIBIT_BUILD_CACHE === 'on') return true;
  return env.EXHIBIT_BUILD_CACHE !== 'off' && ['', '0', 'false'].includes((env.CI ?? '').toLowerCase());
}
