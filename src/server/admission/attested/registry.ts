import { type Clock, isDigest, isExhibitError } from '../../../record/index.ts';
import type { NamedImage } from '../../../verify/index.ts';
import { type Pulled, pullAttestations } from '../../registry/attestations.ts';
import { openRegistry } from '../../registry-client.ts';
import type { Opener } from './opener.ts';
import type { AttestationsSetting } from './settings.ts';
import type { AttestationSource, Found, Wanted } from './source.ts';

type Setting = Pick<AttestationsSetting, 'registries' | 'registry_milliseconds'>;
type Env = Readonly<Record<string, string | undefined>>;

/** How long an answer is kept, in milliseconds: one with attestations, and one without. */
const KEPT = { some: 5 * 60_000, none: 5_000 };
const MOST_KEPT = 500;
/** Most images of one object that are asked for: who makes a request names as many as fit into it, and each is a question to a registry. */
const MOST_ASKED = 100;

interface Asked {
  until: number;
  answer: Promise<Found>;
}

/**
 * What lies beside images in registries. Only those of the settings are asked: the name of an image is the word of whoever makes the
 * request. Answers are kept for a short time, by digest.
 */
export class RegistryAttestations implements AttestationSource {
  readonly name = 'the registry';
  readonly #setting: Setting;
  readonly #opener: Opener;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #asked = new Map<string, Asked>();

  constructor(setting: Setting, opener: Opener, env: Env, clock: Clock) {
    this.#setting = setting;
    this.#opener = opener;
    this.#env = env;
    this.#clock = clock;
  }

  async find({ images }: Wanted): Promise<Found> {
    const answers = await Promise.all(images.slice(0, MOST_ASKED).map((image) => this.#ask(image)));
    const rest = images.length - MOST_ASKED;
    return {
      summaries: answers.flatMap((answer) => answer?.summaries ?? []),
      faults: [
        ...(rest > 0 ? [`${rest} of ${images.length} images were not asked for`] : []),
        ...answers.flatMap((answer) => answer?.faults ?? []),
      ],
    };
  }

  async #ask({ repository, sha256 }: NamedImage): Promise<Found | undefined> {
    const host = repository.split('/')[0] ?? '';
    const known = this.#setting.registries.find((one) => one.host === host);
    if (known === undefined || sha256 === undefined) return undefined;
    const reference = `${repository}@sha256:${sha256}`;
    const now = this.#clock();
    const before = this.#asked.get(reference);
    if (before !== undefined && now < before.until) return before.answer;
    const asked = { until: Number.POSITIVE_INFINITY, answer: this.#pull(reference, known.insecure) };
    this.#asked.delete(reference);
    this.#asked.set(reference, asked);
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MOST_KEPT) break;
      this.#asked.delete(oldest);
    }
    const answer = await asked.answer;
    asked.until = now + (answer.summaries.length > 0 ? KEPT.some : KEPT.none);
    return answer;
  }

  async #pull(named: string, insecure: boolean): Promise<Found> {
    const found: Found = { summaries: [], faults: [] };
    try {
      const { registry, reference } = openRegistry({
        reference: named,
        what: 'the attestation',
        insecure,
        write: false,
        env: this.#env,
        signal: AbortSignal.timeout(this.#setting.registry_milliseconds),
      });
      const { version: digest } = reference;
      const pulled = isDigest(digest) ? await pullAttestations(registry, { digest }, named) : [];
      for (const one of pulled) this.#open(one, found);
    } catch (error) {
      found.faults.push(error instanceof Error ? error.message : String(error));
    }
    return found;
  }

  #open({ bytes, from }: Pulled, { summaries, faults }: Found): void {
    try {
      summaries.push({ from: `registry, ${from}`, summary: this.#opener.open(bytes) });
    } catch (error) {
      // Others may lay theirs beside an image, too.
      if (!isExhibitError(error, 'ATTESTATION_INVALID')) throw error;
      faults.push(error.message);
    }
  }
}
