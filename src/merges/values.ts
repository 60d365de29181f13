import { z } from 'zod';
import { formatInstant } from '../record/index.ts';
import type { Facts } from './types.ts';

export function noFacts(): Facts {
  return { changes: [], checks: [], protections: [], overridden: [], unread: [] };
}

/** An instant of a code host, in the form of records. */
export const time = z
  .union([z.string(), z.number()])
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)))
  .refine(Number.isFinite, 'expected a time')
  .transform(formatInstant);

export const commit = z.string().regex(/^[0-9a-f]{7,64}$/, 'expected a commit');

/** Host and path of a repository, the same for each way to write it: `github.com/example/shop`. */
export function repositoryKey(text: string): string {
  const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^@/]*@/, '');
  const [host = '', ...path] = bare.replace(/^([^/:]+):(?!\d+\/)/, '$1/').split('/');
  return [host.toLowerCase(), ...path]
    .join('/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** The repository of a web address of one of its pages, by what follows it. */
export function repositoryOf(url: string, before: string): string {
  const at = url.indexOf(before);
  return repositoryKey(at < 0 ? url : url.slice(0, at));
}
