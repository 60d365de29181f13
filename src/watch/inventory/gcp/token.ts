import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';
import { printed } from '../rest/command.ts';

type Env = Readonly<Record<string, string | undefined>>;

const answerSchema = z.looseObject({ access_token: z.string().min(1) });
const MACHINE_MILLISECONDS = 3_000;

/**
 * A token for Google Cloud: EXHIBIT_GCP_TOKEN; else that of the service account of the machine or pod; else of who is logged in at gcloud.
 * @throws ExhibitError INPUT_UNREADABLE where there is none
 */
export async function gcpToken(env: Env): Promise<string> {
  const { EXHIBIT_GCP_TOKEN: given } = env;
  if (given !== undefined && given !== '') return given;
  const found =
    (await ofMachine(env)) ?? (await printed('gcloud', ['auth', 'print-access-token'], env))?.trim();
  if (found !== undefined && found !== '') return found;
  throw new ExhibitError('INPUT_UNREADABLE', 'there is no token for Google Cloud', {
    hint: 'Set EXHIBIT_GCP_TOKEN, give the machine a service account with the role Cloud Asset Viewer, or run gcloud auth login.',
  });
}

/** The metadata server. Elsewhere than on Google Cloud nobody answers there. @see Google Cloud, "About VM metadata" */
async function ofMachine({ GCE_METADATA_HOST: host }: Env): Promise<string | undefined> {
  try {
    const answer = await fetch(
      `http://${host || 'metadata.google.internal'}/computeMetadata/v1/instance/service-accounts/default/token`,
      {
        headers: { 'metadata-flavor': 'Google' },
        redirect: 'error',
        signal: AbortSignal.timeout(MACHINE_MILLISECONDS),
      },
    );
    return answer.ok ? answerSchema.safeParse(await answer.json()).data?.access_token : undefined;
  } catch {
    return undefined;
  }
}
