import { type NamedResource, parseResource } from '../../kubernetes/index.ts';
import { durationSeconds } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { DEFAULT_KINDS } from './kinds.ts';

export interface WatchFlags {
  kubeconfig?: string;
  context?: string;
  resource: string[];
  namespace: string[];
  cluster?: string;
  environment?: string;
  bundle?: string;
  bundleKey: string[];
  bundleFrom?: string;
  evidence?: string;
  emitter?: string;
  cadence: string;
  heartbeat: string;
  once?: boolean;
  reports?: boolean;
  printRole?: string;
}

/** @throws ExhibitError USAGE */
export function kindsOf(flags: Pick<WatchFlags, 'resource'>): NamedResource[] {
  const names = flags.resource.length === 0 ? DEFAULT_KINDS : flags.resource;
  return [...new Set(names)].map(parseResource);
}

/** Milliseconds of an ISO 8601 duration. @throws ExhibitError USAGE */
export function milliseconds(flag: string, text: string, least: number): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds < least || seconds > 366 * 86_400)
    throw new ExhibitError(
      'USAGE',
      `${flag} ${JSON.stringify(text)} is no duration from ${least} seconds to a year`,
      {
        hint: `Example: ${flag} PT6H, or P1D.`,
      },
    );
  return seconds * 1_000;
}
