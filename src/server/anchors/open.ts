import { readFileSync } from 'node:fs';
import { ExhibitError } from '../../record/index.ts';
import { type AnchorOptions, AnchorWatch } from './watch.ts';

/** @throws ExhibitError CONFIG_INVALID for the file of roots */
export async function openAnchors(options: Omit<AnchorOptions, 'roots'>): Promise<AnchorWatch> {
  const { timestamps } = options.setting;
  return new AnchorWatch({
    ...options,
    roots: timestamps === undefined ? undefined : await readRoots(timestamps.root),
  });
}

async function readRoots(file: string): Promise<string> {
  // Loaded here: what reads certificates is large, and a server without time stamps needs none of it.
  const { parseRoots } = await import('../../verify/timestamp/index.ts');
  try {
    const pem = readFileSync(file, 'utf8');
    parseRoots(pem);
    return pem;
  } catch (cause) {
    const why = cause instanceof ExhibitError ? cause.message : 'it cannot be read';
    throw new ExhibitError('CONFIG_INVALID', `ledger.timestamps.root: ${file}: ${why}`, {
      cause,
      location: { file },
    });
  }
}
