import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';
import { systemCode } from '../../../store/index.ts';
import type { OciSetting } from '../../bundle-settings.ts';

export interface Credentials {
  username: string;
  password: string;
}

const text = z.string().min(1);
const configSchema = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .default({}),
  credHelpers: z.record(z.string(), text).default({}),
  credsStore: text.optional(),
});
const helperSchema = z.object({ Username: z.string(), Secret: text });

const HELPER_MILLISECONDS = 10_000;

/**
 * User and password for a registry: from the two files that the settings name, otherwise as Docker keeps them. Read each time,
 * because helpers give what holds for hours.
 * @param env DOCKER_CONFIG is the folder of `config.json`
 * @returns undefined where none are kept for this registry; then it is asked as anybody
 * @throws ExhibitError CONFIG_INVALID, TOOL_FAILED (a helper)
 * @see https://docs.docker.com/reference/cli/docker/login/
 */
export async function credentialsFor(
  registry: string,
  setting: Pick<OciSetting, 'docker_config' | 'username_file' | 'password_file'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const { username_file, password_file, docker_config } = setting;
  if (username_file !== undefined && password_file !== undefined)
    return { username: await secret(username_file), password: await secret(password_file) };
  const file = docker_config ?? join(env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');
  const config = await readConfig(file, docker_config !== undefined);
  const own = config.credHelpers[registry];
  if (own !== undefined) return askHelper(own, registry, file, true);
  const { auth, identitytoken } = entryOf(config.auths, registry) ?? {};
  if (identitytoken !== undefined && identitytoken !== '') throw identityToken(registry, file);
  if (auth !== undefined && auth !== '') return decode(auth, registry, file);
  return config.credsStore === undefined ? undefined : askHelper(config.credsStore, registry, file, false);
}

async function secret(file: string): Promise<string> {
  const value = (
    await readFile(file, 'utf8').catch((cause: unknown) => throwInvalid(file, 'cannot be read', cause))
  ).replace(/\r?\n$/, '');
  if (value === '' || /[\r\n]/.test(value)) throwInvalid(file, 'holds no single line');
  return value;
}

async function readConfig(file: string, named: boolean): Promise<z.infer<typeof configSchema>> {
  let read: string;
  try {
    read = await readFile(file, 'utf8');
  } catch (cause) {
    if (!named && systemCode(cause) === 'ENOENT') return configSchema.parse({});
    return throwInvalid(file, 'cannot be read', cause);
  }
  try {
    return configSchema.parse(JSON.parse(read));
  } catch {
    // The cause would show a piece of the file.
    return throwInvalid(file, 'is no config.json of Docker');
  }
}

/** Docker wrote the keys in several forms over the years. */
function entryOf<T>(auths: Readonly<Record<string, T>>, registry: string): T | undefined {
  const found = Object.keys(auths).find((key) => key.replace(/^https?:\/\//, '').split('/')[0] === registry);
  return found === undefined ? undefined : auths[found];
}

function decode(auth: string, registry: string, file: string): Credentials {
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throwInvalid(file, `has no user:password in base64 for ${registry}`);
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1).replace(/\0+$/, '') };
}

function askHelper(
  helper: string,
  registry: string,
  file: string,
  needed: boolean,
): Promise<Credentials | undefined> {
  if (!/^[\w][\w.-]*$/.test(helper)) throwInvalid(file, 'names a credential helper that is no name');
  const program = `docker-credential-${helper}`;
  return new Promise((resolve, reject) => {
    const child = execFile(program, ['get'], { timeout: HELPER_MILLISECONDS }, (error, output) => {
      if (error !== null && !needed && /credentials not found/.test(output)) return resolve(undefined);
      try {
        if (error !== null) throw error;
        const { Username, Secret } = helperSchema.parse(JSON.parse(output));
        if (Username === '<token>') throw identityToken(registry, file);
        resolve({ username: Username, password: Secret });
      } catch (cause) {
        if (cause instanceof ExhibitError) return reject(cause);
        // Its output may be a secret, so it is not shown.
        reject(
          new ExhibitError('TOOL_FAILED', `${program} gave no credentials for ${registry}`, {
            location: { file },
            hint: `Try it: echo ${registry} | ${program} get`,
          }),
        );
      }
    });
    // One that ends without reading says why by its exit.
    child.stdin?.on('error', () => {});
    child.stdin?.end(`${registry}\n`);
  });
}

function identityToken(registry: string, file: string): ExhibitError {
  return new ExhibitError(
    'CONFIG_INVALID',
    `${file} has an identity token for ${registry}, which is not supported`,
    {
      location: { file },
      hint: 'Give the server a user and a password that may pull: username_file and password_file.',
    },
  );
}

function throwInvalid(file: string, what: string, cause?: unknown): never {
  throw new ExhibitError('CONFIG_INVALID', `${file} ${what}`, {
    location: { file },
    hint: 'The server reads it to ask the registry of a bundle.',
    ...(cause === undefined ? {} : { cause }),
  });
}
