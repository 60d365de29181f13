import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ExhibitError, isThisMachine } from '../../record/index.ts';
import type { Context } from '../context.ts';

const TIMEOUT = 20_000;

/** Whether something is there to show to a server. */
export function hasToken(env: Context['env']): boolean {
  return given(env.EXHIBIT_TOKEN) || given(env.EXHIBIT_TOKEN_FILE) || canAsk(env);
}

/**
 * What is shown to a server: EXHIBIT_TOKEN, which GitLab and others fill with an OIDC token; else what EXHIBIT_TOKEN_FILE holds now, because a
 * cluster replaces the token of a service account every hour; on GitHub Actions else the OIDC token of the job, asked for now, because it
 * holds for minutes. Its audience is EXHIBIT_AUDIENCE, else the origin of the server.
 * @throws ExhibitError CONFIG_INVALID where there is none, AUTH_MISSING where GitHub gives none
 */
export async function tokenFor(server: URL, env: Context['env'], limit?: AbortSignal): Promise<string> {
  if (env.EXHIBIT_TOKEN !== undefined && given(env.EXHIBIT_TOKEN)) return env.EXHIBIT_TOKEN;
  if (env.EXHIBIT_TOKEN_FILE !== undefined && given(env.EXHIBIT_TOKEN_FILE))
    return tokenIn(env.EXHIBIT_TOKEN_FILE);
  if (canAsk(env)) return askGitHub(env.EXHIBIT_AUDIENCE || server.origin, env, limit);
  const github = env.GITHUB_ACTIONS === 'true';
  throw new ExhibitError('CONFIG_INVALID', 'a server takes records only from callers that it knows', {
    hint: github
      ? 'Give the job `permissions: id-token: write`, or set EXHIBIT_TOKEN.'
      : 'Set EXHIBIT_TOKEN: a token of the server, or an OIDC token of the pipeline. Or name a file in EXHIBIT_TOKEN_FILE.',
  });
}

function tokenIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'the file that EXHIBIT_TOKEN_FILE names cannot be read', {
      cause,
      location: { file },
    });
  }
  if (text === '')
    throw new ExhibitError('CONFIG_INVALID', 'the file that EXHIBIT_TOKEN_FILE names is empty', {
      location: { file },
    });
  return text;
}

function given(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function canAsk(env: Context['env']): boolean {
  return given(env.ACTIONS_ID_TOKEN_REQUEST_URL) && given(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
}

const answerSchema = z.object({ value: z.string().min(1) });

/** @see https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function askGitHub(audience: string, env: Context['env'], limit?: AbortSignal): Promise<string> {
  const url = new URL(env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '');
  if (url.protocol !== 'https:' && !isThisMachine(url))
    throw missing('ACTIONS_ID_TOKEN_REQUEST_URL is not https');
  url.searchParams.set('audience', audience);
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`,
        accept: 'application/json; api-version=2.0',
      },
      signal: limit ?? AbortSignal.timeout(TIMEOUT),
      redirect: 'error',
    });
    if (!response.ok) throw missing(`it answered ${response.status}`);
    return answerSchema.parse(await response.json()).value;
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw missing('it did not answer as it should', cause);
  }
}

function missing(why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('AUTH_MISSING', `GitHub gave no OIDC token for this job: ${why}`, {
    cause,
    hint: 'The job needs `permissions: id-token: write`. Or set EXHIBIT_TOKEN. The run waits in the spool.',
  });
}
