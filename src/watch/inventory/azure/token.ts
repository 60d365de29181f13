import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';
import { ask } from '../rest/ask.ts';
import { printed } from '../rest/command.ts';

type Env = Readonly<Record<string, string | undefined>>;

const answerSchema = z.looseObject({ access_token: z.string().min(1) });
const printedSchema = z.looseObject({ accessToken: z.string().min(1) });
/** The service that gives a machine its identity. @see Azure, "How to use managed identities on a VM to acquire an access token" */
const MACHINE = 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01';
const MACHINE_MILLISECONDS = 3_000;

/**
 * A token for the Resource Manager: EXHIBIT_AZURE_TOKEN; else the workload identity of a pod; else the managed identity of an app; else who is logged in at
 * the command line of Azure; else the managed identity of the machine.
 * @param resource whom it is for: https://management.azure.com
 * @throws ExhibitError INPUT_UNREADABLE where there is none
 */
export async function azureToken(resource: string, env: Env): Promise<string> {
  const { EXHIBIT_AZURE_TOKEN: given } = env;
  if (given !== undefined && given !== '') return given;
  const found =
    (await ofWorkload(resource, env)) ??
    (await ofApp(resource, env)) ??
    (await ofCommand(resource, env)) ??
    (await ofMachine(resource, env));
  if (found !== undefined) return found;
  throw new ExhibitError('INPUT_UNREADABLE', 'there is no token for Azure', {
    hint: 'Set EXHIBIT_AZURE_TOKEN, give the machine a managed identity with the role Reader, or run az login.',
  });
}

/** @see https://azure.github.io/azure-workload-identity/docs/ */
async function ofWorkload(resource: string, env: Env): Promise<string | undefined> {
  const { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant } = env;
  if (!file || !client || !tenant) return undefined;
  const authority = (env.AZURE_AUTHORITY_HOST || 'https://login.microsoftonline.com').replace(/\/$/, '');
  const answer = await ask('the identity of the workload', {
    url: `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      scope: `${resource}/.default`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: (await readFile(file, 'utf8')).trim(),
    }).toString(),
  });
  return tokenOf(answer);
}

/** @see Azure App Service, "REST endpoint reference" of managed identities */
async function ofApp(resource: string, env: Env): Promise<string | undefined> {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, AZURE_CLIENT_ID: client } = env;
  if (!endpoint || !header) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('api-version', '2019-08-01');
  url.searchParams.set('resource', resource);
  if (client) url.searchParams.set('client_id', client);
  return tokenOf(
    await ask('the managed identity', { url: url.href, headers: { 'x-identity-header': header } }),
  );
}

async function ofCommand(resource: string, env: Env): Promise<string | undefined> {
  const text = await printed(
    'az',
    ['account', 'get-access-token', '--resource', resource, '-o', 'json'],
    env,
  );
  if (text === undefined) return undefined;
  try {
    return printedSchema.safeParse(JSON.parse(text)).data?.accessToken;
  } catch {
    return undefined;
  }
}

/** Elsewhere than on Azure nobody answers there. */
async function ofMachine(resource: string, { AZURE_CLIENT_ID: client }: Env): Promise<string | undefined> {
  const url = `${MACHINE}&resource=${encodeURIComponent(resource)}${client ? `&client_id=${encodeURIComponent(client)}` : ''}`;
  try {
    const answer = await fetch(url, {
      headers: { metadata: 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(MACHINE_MILLISECONDS),
    });
    return answer.ok ? answerSchema.safeParse(await answer.json()).data?.access_token : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf(answer: unknown): string {
  const { data } = answerSchema.safeParse(answer);
  if (data !== undefined) return data.access_token;
  throw new ExhibitError('INPUT_UNREADABLE', 'the answer of the identity holds no token');
}
