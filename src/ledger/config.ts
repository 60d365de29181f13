import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError, isSeen, shellWord } from '../record/index.ts';
import { type NamedStore, systemCode } from '../store/index.ts';
import { isKeyName } from '../verify/index.ts';
import { CONFIG } from './layout.ts';

const FORMAT = 'exhibit.ledger/1';

/** Longest origin: it is part of every checkpoint and of a file name. */
const MAX_ORIGIN = 128;

const configSchema = z.strictObject({
  format: z.literal(FORMAT),
  origin: z
    .string()
    .min(1)
    .max(MAX_ORIGIN)
    .refine(isKeyName, 'has a space or a plus')
    .refine(isSeen, 'has a character that is not seen, or is not in the form NFC'),
});

export type LedgerConfig = z.infer<typeof configSchema>;

/** @throws ExhibitError CONFIG_INVALID for an origin that cannot name a log */
export function makeConfig(origin: string): LedgerConfig {
  return checked({ format: FORMAT, origin }, 'origin');
}

export function encodeConfig(config: LedgerConfig): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(config, undefined, 2)}\n`);
}

/** @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID; STORE_FAILED (a bucket) */
export async function readConfig(place: string | NamedStore): Promise<LedgerConfig> {
  if (typeof place === 'string') return readFolder(place);
  const file = `${place.name}/${CONFIG}`;
  const bytes = await place.get(CONFIG);
  if (bytes === undefined)
    throw new ExhibitError('LEDGER_NOT_FOUND', `${place.name} holds no ledger`, {
      location: { file },
      hint: `Copy one there with: exhibit store copy FOLDER ${shellWord(place.name)}`,
    });
  return parsed(Buffer.from(bytes).toString(), file);
}

async function readFolder(folder: string): Promise<LedgerConfig> {
  const path = join(folder, CONFIG);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = systemCode(cause);
    throw new ExhibitError(
      'LEDGER_NOT_FOUND',
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `${folder} holds no ledger`
        : `${path}: ${code ?? 'unreadable'}`,
      {
        cause,
        location: { file: path },
        hint: `Is it the right folder? A new one is made with: exhibit ledger init ${shellWord(folder)}`,
      },
    );
  }
  return parsed(text, path);
}

function parsed(text: string, path: string): LedgerConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `${path} is not JSON`, { cause, location: { file: path } });
  }
  return checked(value, path);
}

function checked(value: unknown, place: string): LedgerConfig {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ExhibitError(
    'CONFIG_INVALID',
    `${place}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong'}`,
    {
      location: { file: place },
    },
  );
}
