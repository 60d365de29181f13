import { type AthenaEngine, athenaEngine, type TrinoEngine, trinoEngine } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';

/** Flags that say which engine is asked, and where. */
export interface EngineFlags {
  server?: string;
  user?: string;
  catalog?: string;
  workgroup?: string;
  region?: string;
  athenaOutput?: string;
}

type Env = Pick<Context, 'env'>;

/**
 * Trino by flags and environment. Secrets come from the environment only; no file of a checkout says where they are sent.
 * @throws ExhibitError USAGE, CONFIG_INVALID
 */
export function trinoOf({ server, user, catalog }: EngineFlags, { env }: Env): TrinoEngine {
  const at = server ?? env.EXHIBIT_TRINO_SERVER;
  if (at === undefined)
    throw new ExhibitError('USAGE', 'which Trino?', {
      hint: 'Name it with --server https://HOST or EXHIBIT_TRINO_SERVER.',
    });
  const token = env.EXHIBIT_TRINO_TOKEN;
  const password = env.EXHIBIT_TRINO_PASSWORD;
  return trinoEngine({
    server: at,
    user: user ?? env.EXHIBIT_TRINO_USER ?? 'exhibit',
    ...(catalog === undefined ? {} : { catalog }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
  });
}

/** @throws ExhibitError USAGE, CONFIG_INVALID */
export async function athenaOf(flags: EngineFlags, { env }: Env): Promise<AthenaEngine> {
  const { catalog, region, athenaOutput } = flags;
  const workgroup = flags.workgroup ?? env.EXHIBIT_ATHENA_WORKGROUP;
  if (workgroup === undefined)
    throw new ExhibitError('USAGE', 'which workgroup?', {
      hint: 'Name it with --workgroup or EXHIBIT_ATHENA_WORKGROUP.',
    });
  return athenaEngine({
    workgroup,
    ...(catalog === undefined ? {} : { catalog }),
    ...(region === undefined ? {} : { region }),
    ...(athenaOutput === undefined ? {} : { output: athenaOutput }),
  });
}
