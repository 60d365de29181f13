import { randomBytes, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { makeDirectory, syncDirectory, writeWhole } from '../../store/index.ts';
import { type Issued, issueAuthority } from './certificate.ts';
import type { Made, Term } from './plan.ts';

export interface Authority extends Issued, Made {
  file: string;
}

/** What stands in the folder for those who ask: the authorities to trust, PEM, one after the other. */
export const BUNDLE = 'bundle.pem';
const NAME = /^authority-.+\.json$/;
const PRIVATE = 0o600;

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  /** Unix milliseconds. */
  made: z.number(),
  cert: z.string(),
  key: z.string(),
});

/** All that lie in the folder. @throws ExhibitError CONFIG_INVALID for one that is damaged; nothing is removed */
export async function readAuthorities(folder: string): Promise<Authority[]> {
  await makeDirectory(folder, 0o700);
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  return Promise.all(names.map((name) => readAuthority(join(folder, name))));
}

async function readAuthority(file: string): Promise<Authority> {
  try {
    const { made, cert, key } = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { made, cert, key, file, ...termOf(cert) };
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `${file} is no authority of certificates`, {
      cause,
      location: { file },
      hint: 'Restore it, or remove it and give callers the new bundle.pem.',
    });
  }
}

/** @throws what X509Certificate throws for what is no certificate */
export function termOf(cert: string): Term {
  const { validFrom, validTo } = new X509Certificate(cert);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
}

/** Makes one more. Each is a file of its own, so that replicas that do so at once take nothing from each other. */
export async function makeAuthority(folder: string, { made, ...term }: Made): Promise<Authority> {
  const issued = await issueAuthority({ name: `exhibit ${randomBytes(4).toString('hex')}`, ...term });
  const stamp = new Date(made).toISOString().replaceAll(/[^0-9TZ]/g, '');
  const file = join(folder, `authority-${stamp}-${randomBytes(4).toString('hex')}.json`);
  await writeWhole(file, Buffer.from(`${JSON.stringify({ schemaVersion: 1, made, ...issued })}\n`), PRIVATE);
  await syncDirectory(folder);
  return { ...issued, made, file, ...termOf(issued.cert) };
}

/** @returns whether it was another text before */
export async function writeBundle(folder: string, trusted: readonly Authority[]): Promise<boolean> {
  const text = trusted.map(({ cert }) => cert).join('');
  const path = join(folder, BUNDLE);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return false;
  await writeWhole(path, Buffer.from(text), 0o644);
  await syncDirectory(folder);
  return true;
}

export async function forget(authority: Authority): Promise<void> {
  await rm(authority.file, { force: true });
}
