import type { UnnumberedRecord } from '../../../engine/index.ts';
import type { Attestation } from './attested.ts';
import type { Pass } from './weigh.ts';

/** Most bytes of passes of images that a record names; the rest is counted. Its details have room for that beside the policy's own. */
const MOST_BYTES = 6_000;
const MOST_REFERENCE = 512;

/** A pass in a record of admission: by `run_id` its run's records are found, by `attestation` the statement that was signed. */
interface NamedPass {
  attestation: string;
  /** In which place it was found. */
  from: string;
  run_id: string;
  time: string;
  repository?: string;
  commit?: string;
  change?: string;
}

const short = (text: string): string => text.slice(0, 2_048).toWellFormed();

const named = ({ digest: attestation, from, run_id, time, repository, commit, change }: Pass): NamedPass => ({
  ...{ attestation, from: short(from), run_id: short(run_id), time },
  ...(repository === undefined ? {} : { repository: short(repository) }),
  ...(commit === undefined ? {} : { commit: short(commit) }),
  ...(change === undefined ? {} : { change: short(change) }),
});

/** Takes values as long as all of them together have so many bytes. */
function fitting(most: number): (value: object) => boolean {
  let bytes = 0;
  return (value) => {
    const length = Buffer.byteLength(JSON.stringify(value));
    if (bytes + length > most) return false;
    bytes += length;
    return true;
  };
}

/** What a record says of the gate's passes that what it is about rests on. Nothing where none was found. */
export function passFields({ object, images }: Attestation): Pick<UnnumberedRecord, 'change' | 'details'> {
  const own = object.state === 'attested' ? object.pass : undefined;
  const attested = images.flatMap((image) =>
    image.state === 'attested'
      ? [{ reference: image.reference.slice(0, MOST_REFERENCE).toWellFormed(), ...named(image.pass) }]
      : [],
  );
  const listed = attested.filter(fitting(MOST_BYTES));
  const rest = attested.length - listed.length;
  if (own === undefined && attested.length === 0) return {};
  const passed = {
    ...(own === undefined ? {} : { object: { ...named(own) } }),
    ...(attested.length === 0 ? {} : { images: listed }),
    ...(rest > 0 ? { images_more: rest } : {}),
  };
  return { ...(own?.change === undefined ? {} : { change: short(own.change) }), details: { passed } };
}
