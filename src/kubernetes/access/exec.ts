import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import type { KubeExec } from './kubeconfig-schema.ts';
import type { Credentials } from './types.ts';

const TIMEOUT = 60_000;
const MOST_BYTES = 1024 * 1024;
const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

const answer = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/**
 * Asks the program that a kubeconfig names for credentials, as kubectl does: those of the cloud providers work so.
 * @param folder of the kubeconfig: a command with a path is found from there
 * @returns the credentials, and until when they hold, Unix milliseconds
 * @throws ExhibitError TOOL_MISSING, TOOL_FAILED; the program's output is in no message, since it may hold a token
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function execCredentials(
  { apiVersion, command, args, env }: KubeExec,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ credentials: Credentials; until: number | undefined }> {
  if (!VERSIONS.includes(apiVersion))
    throw new ExhibitError('CONFIG_INVALID', `the kubeconfig asks for credentials by ${apiVersion}`, {
      hint: `${VERSIONS.join(' and ')} are spoken here.`,
    });
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  let stdout: string;
  try {
    ({ stdout } = await promisify(execFile)(command, [...(args ?? [])], {
      cwd: folder,
      timeout: TIMEOUT,
      maxBuffer: MOST_BYTES,
      env: {
        ...environment,
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: info,
      },
    }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new ExhibitError(
        'TOOL_MISSING',
        `the program ${command}, which gives credentials, was not found`,
        {
          hint: 'The kubeconfig names it under users; install it, or use another user.',
        },
      );
    throw new ExhibitError('TOOL_FAILED', `the program ${command} gave no credentials`, {
      hint: 'Run it by hand: its words may hold a secret, so they are not shown here.',
    });
  }
  const { apiVersion: version, status } = parsed(stdout, command);
  if (version !== apiVersion) throw noCredentials(command);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (token === undefined && (cert === undefined || key === undefined)) throw noCredentials(command);
  const until = expirationTimestamp === undefined ? Number.NaN : Date.parse(expirationTimestamp);
  return {
    credentials: {
      ...(token === undefined ? {} : { token }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    },
    until: Number.isNaN(until) ? undefined : until,
  };
}

function parsed(stdout: string, command: string): z.infer<typeof answer> {
  try {
    return answer.parse(JSON.parse(stdout));
  } catch {
    throw noCredentials(command);
  }
}

function noCredentials(command: string): ExhibitError {
  return new ExhibitError('TOOL_FAILED', `what the program ${command} printed is no ExecCredential`);
}
