import type { Bundle } from '../../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import {
  CHECKS,
  checkSummary,
  type ObjectDifference,
  type OpenedSummary,
  type WantedSubject,
} from '../../../verify/index.ts';
import type { AttestationsSetting } from './settings.ts';

/** The pass that was found, as policies see it. */
export interface Pass {
  from: string;
  /** Digest of the statement. */
  digest: string;
  run_id: string;
  time: string;
  expires: string;
  bundle: string;
  revision: string;
  /** Keys that signed, by their fingerprints. */
  signers: string[];
  /** Overrides by which the run passed. */
  overrides: string[];
  /** Of what the gate judged, where its summary says it: the words of the pipeline that signed. */
  repository?: string;
  commit?: string;
  change?: string;
}

/** How one attestation stands to one thing. Of several that do not hold, the one that came closest is told. */
export type Weighed =
  | { pass: Pass }
  | { close: number; why: string; differs?: string[]; differs_more?: number };

export interface Terms {
  setting: Pick<AttestationsSetting, 'lineage' | 'serial' | 'max_age_hours' | 'fail_on'>;
  /** The bundle that judges here. */
  bundle: Bundle;
  /** Unix milliseconds. */
  now: number;
}

const HOUR = 3_600_000;
/** Most places that a message names; the rest is counted. */
const MOST_NAMED = 10;

/** Most places that policies see and the input stores. */
const MOST_DIFFERS = 100;

/** What nothing was found for is further away than any attestation. */
export const FAR = { nothing: -3, unopened: -2, other: -1 };

/**
 * Whether an attestation holds now, for one subject.
 * @param differences places in which the object is not what was attested; none for an image
 */
export function weigh(
  { from, summary }: { from: string; summary: OpenedSummary },
  subject: WantedSubject,
  { setting, bundle, now }: Terms,
  differences: () => readonly ObjectDifference[] = () => [],
): Weighed {
  try {
    const { serial, max_age_hours } = setting;
    checkSummary(summary, {
      now,
      subjects: [subject],
      lineage: setting.lineage ?? bundle.lineage,
      serial: serial === 'in-force' ? bundle.revision_time : serial,
      maxAge: max_age_hours === undefined ? undefined : max_age_hours * HOUR,
      failOn: setting.fail_on,
    });
    checkOverrides(summary, bundle);
  } catch (error) {
    if (!isExhibitError(error, 'ATTESTATION_INVALID')) throw error;
    return { close: (CHECKS as readonly unknown[]).indexOf(error.details.check), why: error.message };
  }
  const places = differences().map(({ pointer }) => pointer);
  if (places.length === 0) return { pass: passOf(from, summary) };
  const rest = places.length - MOST_NAMED;
  const named = places.slice(0, MOST_NAMED).join(', ');
  return {
    close: CHECKS.length + 1 / places.length,
    why: `it is not what passed: ${named}${rest > 0 ? ` and ${rest} more places` : ''}`,
    differs: places.slice(0, MOST_DIFFERS),
    ...(places.length > MOST_DIFFERS ? { differs_more: places.length - MOST_DIFFERS } : {}),
  };
}

/**
 * An override may be withdrawn before its sunset. That of an older or the same state of the policies must be in the bundle that judges
 * here, unchanged; one of newer policies this bundle cannot know.
 */
function checkOverrides({ extension }: OpenedSummary, bundle: Bundle): void {
  if (extension.bundle.lineage !== bundle.lineage || extension.bundle.serial > bundle.revision_time) return;
  const gone = extension.overrides.find(
    ({ id, digest }) => !bundle.overrides.some((one) => one.id === id && one.digest === digest),
  );
  if (gone !== undefined)
    throw new ExhibitError(
      'ATTESTATION_INVALID',
      `the attestation does not hold (override): it passed by the override ${gone.id}, which was withdrawn or changed since`,
      { details: { check: 'override' } },
    );
}

function passOf(from: string, { signers, predicate, extension, digest }: OpenedSummary): Pass {
  const { repository, commit, change } = extension;
  return {
    from,
    digest,
    run_id: extension.run_id,
    time: predicate.timeVerified,
    expires: extension.expires,
    bundle: extension.bundle.digest,
    revision: extension.bundle.revision,
    signers: signers.map(({ id }) => id),
    overrides: extension.overrides.map(({ id }) => id),
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    ...(change === undefined ? {} : { change }),
  };
}
