import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { awayBecause } from '../evidence/away.ts';
import { refusal, secureBase } from '../evidence/remote.ts';
import { tokenFor } from '../evidence/token.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence } from '../terminal/table.ts';

export interface LinkFlags {
  server: string;
  role?: string;
  output: 'table' | 'json';
}

const TIMEOUT = 20_000;

const answerSchema = z.object({ schemaVersion: z.literal(1), url: z.url(), expires: z.string() });

/**
 * Asks a server for a link that signs in once. Who has the link comes in: it is printed once, and goes to the auditor alone.
 * @throws ExhibitError USAGE, SERVER_UNREACHABLE, AUTH_..., NOT_FOUND, ENGAGEMENT_OVER
 */
export async function link(id: string | undefined, flags: LinkFlags, context: Context): Promise<ExitCode> {
  const { server, role, output } = flags;
  if ((id === undefined) === (role === undefined))
    throw new ExhibitError('USAGE', 'for whom is the link?', {
      hint: 'Name an engagement, or with --role a role of the team.',
    });
  if (!URL.canParse(server)) throw new ExhibitError('USAGE', `--server: ${server} is no URL`);
  const made = await ask(server, id === undefined ? { roles: [role] } : { engagement: id }, context);
  const { stdout, stderr } = context;
  if (output === 'json') stdout.write(`${inertJson(made, 2)}\n`);
  else {
    stdout.write(`${made.url}\n`);
    stderr.write(sentence(`It signs in once, until ${made.expires}. Whoever has it comes in.`, stderr));
  }
  return EXIT.ok;
}

async function ask(server: string, asked: object, { env }: Context): Promise<z.infer<typeof answerSchema>> {
  const base = secureBase(server);
  const token = await tokenFor(base, env);
  let response: Response;
  let value: unknown;
  try {
    response = await fetch(new URL('/v1/portal/links', base), {
      method: 'POST',
      body: JSON.stringify(asked),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT),
      redirect: 'error',
    });
  } catch (cause) {
    const { why, hint } = awayBecause(base, cause);
    throw unreachable(base, why, cause, hint);
  }
  try {
    value = await response.json();
  } catch (cause) {
    throw unreachable(base, `its answer (${response.status}) is none of an exhibit server`, cause);
  }
  if (response.status !== 201) throw refusal(response.status, value, base, unreachable);
  return answerSchema.parse(value);
}

function unreachable(
  base: URL,
  why: string,
  cause?: unknown,
  hint = 'Look at the address, and ask again.',
): ExhibitError {
  return new ExhibitError('SERVER_UNREACHABLE', `${base.origin} makes no link now: ${why}`, {
    cause,
    hint,
  });
}
