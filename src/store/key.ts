import { ExhibitError } from '../record/index.ts';

/**
 * Checks the key of an object: parts of letters, digits and `._+=@-`, joined by `/`, none of them `.` or `..`.
 * A key may come from a manifest that somebody sent, so it must not lead out of the store.
 * @throws ExhibitError USAGE
 */
export function checkKey(key: string): string {
  const good = key.length <= 1024 && key.split('/').every((part) => /^(?!\.{1,2}$)[\w.+=@-]+$/.test(part));
  if (!good) throw new ExhibitError('USAGE', `${JSON.stringify(key)} is not the key of an object`);
  return key;
}
