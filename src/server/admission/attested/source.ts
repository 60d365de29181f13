import type { NamedImage, OpenedSummary } from '../../../verify/index.ts';

/** What is looked for. */
export interface Wanted {
  object: ObjectName | undefined;
  /** Images that are named by their digest. */
  images: readonly NamedImage[];
}

/** As an object names itself; attacker-controlled. */
export interface ObjectName {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  generateName: string;
}

export interface Found {
  /** Opened by a trusted key; whether they hold is not said yet. */
  summaries: { from: string; summary: OpenedSummary }[];
  /** What was there and could not be opened, or could not be asked, in words. */
  faults: string[];
}

/** A place in which attestations lie. */
export interface AttestationSource {
  /** What a refusal calls it. */
  name: string;
  /** Never throws for what lies there. */
  find(wanted: Wanted): Promise<Found>;
}

export const typeOf = ({ apiVersion, kind }: Pick<ObjectName, 'apiVersion' | 'kind'>): string =>
  `${apiVersion} ${kind}`;
