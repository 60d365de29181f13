import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError, isThisMachine } from '../../record/index.ts';
import type { SecretPlace } from '../findings/config.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * A secret from its variable or file.
 * @param folder of the configuration: paths are relative to it
 * @throws ExhibitError CONFIG_INVALID naming the place, never the value
 */
export function secretOf({ env, file }: SecretPlace, variables: Env, folder: string): string {
  if (env !== undefined) {
    const value = variables[env];
    if (value === undefined || value === '')
      throw new ExhibitError('CONFIG_INVALID', `${env} is not set`, {
        hint: 'A channel of respond.yaml takes its secret from this variable.',
      });
    return value;
  }
  const path = resolve(folder, file ?? '');
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read the secret in ${path}`, {
      cause,
      location: { file: path },
      hint: 'A channel of respond.yaml takes its secret from this file.',
    });
  }
  if (text === '') throw new ExhibitError('CONFIG_INVALID', `${path} is empty`, { location: { file: path } });
  return text;
}

/** An address that is https, or on this machine. @throws ExhibitError CONFIG_INVALID, without the address */
export function addressOf(text: string, channel: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && isThisMachine(url);
  if (url !== undefined && (url.protocol === 'https:' || (local && url.protocol === 'http:')))
    return url.href;
  throw new ExhibitError('CONFIG_INVALID', `the address of the channel ${channel} is not one of https`, {
    hint: 'It stands in a variable or a file; http is taken on this machine only.',
  });
}
