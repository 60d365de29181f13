import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError, isSeen, type RandomBytes, shellWord } from '../record/index.ts';
import { ioError, makeDirectory, syncDirectory, systemCode, writeWhole } from '../store/index.ts';
import { type CosignatureType, formatVkey, isKeyName } from '../verify/index.ts';
import { makeCosigner, readCosigner, type WitnessSigner } from './keys.ts';
import { createState } from './state.ts';

const CONFIG = 'witness.json';
const FORMAT = 'exhibit.witness/1';

const configSchema = z.strictObject({
  format: z.literal(FORMAT),
  name: z
    .string()
    .min(1)
    // A cosignature of ML-DSA-44 holds so many bytes.
    .refine((name) => Buffer.byteLength(name) <= 255, 'is longer than 255 bytes')
    .refine(isKeyName, 'has a space or a plus')
    .refine(isSeen, 'has a character that is not seen, or is not in the form NFC'),
});

const FILES: Record<CosignatureType, string> = { cosignature: 'ed25519', 'ml-dsa-44': 'ml-dsa-44' };
const TYPES = Object.keys(FILES) as CosignatureType[];

export interface InitWitness {
  /** Such as `witness.example.org/w1`: a URL without its scheme that no other witness has. */
  name: string;
  /** Types of its keys, at least one. */
  types: readonly CosignatureType[];
  random: RandomBytes;
}

export interface WitnessFolder {
  folder: string;
  name: string;
  signers: WitnessSigner[];
}

/**
 * Makes a witness that knows no log yet. @returns its public keys, vkey lines
 * @throws ExhibitError LEDGER_EXISTS, CONFIG_INVALID, LEDGER_IO, ALGORITHM_MISSING
 */
export async function initWitness(folder: string, { name, types, random }: InitWitness): Promise<string[]> {
  const config = checked({ format: FORMAT, name }, 'name');
  // Before anything is written: a run time without ML-DSA-44 refuses here.
  const signers = types.map((type) => ({ type, signer: makeCosigner(config.name, type, random) }));
  try {
    await makeDirectory(folder);
    const there = (await readdir(folder)).find((one) => [CONFIG, 'keys', 'witness.db'].includes(one));
    if (there !== undefined) throw exists(folder, there);
    // This is refused where another process makes the witness at the same time.
    await mkdir(join(folder, 'keys'), { mode: 0o700 });
    for (const { type, signer } of signers) {
      const path = join(folder, 'keys', FILES[type]);
      await writeWhole(`${path}.key`, Buffer.from(`${signer.secret}\n`), 0o600);
      await writeWhole(`${path}.vkey`, Buffer.from(`${formatVkey(signer.key)}\n`), 0o644);
    }
    createState(folder);
    for (const directory of ['keys', '.']) await syncDirectory(join(folder, directory));
    // Last: a folder without it is no witness, so a crash before leaves none.
    await writeWhole(join(folder, CONFIG), Buffer.from(`${JSON.stringify(config, null, 2)}\n`), 0o644);
    await syncDirectory(folder);
    return signers.map(({ signer }) => formatVkey(signer.key));
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw exists(folder, 'keys');
    throw ioError(error, folder);
  }
}

/** @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, ALGORITHM_MISSING */
export async function readWitness(folder: string): Promise<WitnessFolder> {
  const path = join(folder, CONFIG);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new ExhibitError('CONFIG_INVALID', `${path} is not JSON`, { cause, location: { file: path } });
    throw new ExhibitError('LEDGER_NOT_FOUND', `${folder} holds no witness`, {
      cause,
      location: { file: path },
      hint: `Make one with: exhibit witness init ${shellWord(folder)} --name NAME`,
    });
  }
  const { name } = checked(value, path);
  const files = await readdir(join(folder, 'keys')).catch((error: unknown) => {
    throw ioError(error, join(folder, 'keys'));
  });
  const signers: WitnessSigner[] = [];
  for (const type of TYPES)
    if (files.includes(`${FILES[type]}.key`))
      signers.push(await readCosigner(join(folder, 'keys', `${FILES[type]}.key`), name));
  if (signers.length === 0)
    throw new ExhibitError('LEDGER_KEY', `${folder} has no key`, {
      location: { file: join(folder, 'keys') },
    });
  return { folder, name, signers };
}

function checked(value: unknown, place: string): z.infer<typeof configSchema> {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ExhibitError(
    'CONFIG_INVALID',
    `${place}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong'}`,
    { location: { file: place } },
  );
}

function exists(folder: string, name: string): ExhibitError {
  return new ExhibitError('LEDGER_EXISTS', `${folder} holds ${name} already`, {
    location: { file: join(folder, name) },
    hint: 'Take another folder. A witness is made once: its key stands for what it has seen.',
  });
}
