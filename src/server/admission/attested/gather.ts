import { isExhibitError } from '../../../record/index.ts';
import { carried } from './annotation.ts';
import type { Opener } from './opener.ts';
import type { AttestationSource, Found, Wanted } from './source.ts';

/** Most faults that a refusal names; the rest is counted. */
const MOST_FAULTS = 3;

/** What was found so far, source by source. */
export class Gathered {
  readonly #sources: readonly AttestationSource[];
  readonly #wanted: Wanted;
  readonly #looked: string[] = [];
  readonly #faults: string[] = [];
  readonly summaries: Found['summaries'] = [];
  #next = 0;

  constructor(sources: readonly AttestationSource[], wanted: Wanted) {
    this.#sources = sources;
    this.#wanted = wanted;
  }

  /** Asks the next source. @returns false where there is none */
  async more(): Promise<boolean> {
    const source = this.#sources[this.#next];
    if (source === undefined) return false;
    this.#next += 1;
    this.#looked.push(source.name);
    const { summaries, faults } = await source.find(this.#wanted);
    this.summaries.push(...summaries);
    this.#faults.push(...faults);
    return true;
  }

  /** Where was looked, and what was wrong there. */
  get told(): string {
    const rest = this.#faults.length - MOST_FAULTS;
    const faults = [
      ...this.#faults.slice(0, MOST_FAULTS),
      ...(rest > 0 ? [`and ${rest} more of such faults`] : []),
    ];
    return `looked in ${this.#looked.join(', ')}${faults.length === 0 ? '' : `; ${faults.join('; ')}`}`;
  }
}

/** What an object carries by itself. */
export function annotationSource(object: unknown, opener: Opener): AttestationSource {
  const name = 'the annotation';
  return {
    name,
    async find() {
      try {
        const bytes = carried(object);
        const summaries = bytes === undefined ? [] : [{ from: 'annotation', summary: opener.open(bytes) }];
        return { summaries, faults: [] };
      } catch (error) {
        if (!isExhibitError(error, 'ATTESTATION_INVALID')) throw error;
        return { summaries: [], faults: [error.message] };
      }
    },
  };
}
