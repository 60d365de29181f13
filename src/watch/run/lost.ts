import { type Clock, formatInstant } from '../../record/index.ts';

/** So long a kind may be out of sight before it is a gap, in milliseconds: a server that restarts takes less. */
const GRACE = 60_000;

export interface LostResource {
  resource: string;
  since: string;
  why: string;
}

/** Kinds of which it is not known what happens to them now. */
export class Lost {
  readonly #clock: Clock;
  readonly #all = new Map<string, { at: number; why: string; told: boolean }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether that is new, or has another reason */
  lost(resource: string, why: string): boolean {
    const before = this.#all.get(resource);
    this.#all.set(resource, { at: before?.at ?? this.#clock(), why, told: before?.told ?? false });
    return before?.why !== why;
  }

  found(resource: string): void {
    this.#all.delete(resource);
  }

  since(): LostResource[] {
    return [...this.#all]
      .map(([resource, { at, why }]) => ({ resource, since: formatInstant(at), why }))
      .sort(byName);
  }

  /** Those that are a gap by now, each once. */
  toTell(): LostResource[] {
    const now = this.#clock();
    return [...this.#all].flatMap(([resource, one]) => {
      if (one.told || now - one.at < GRACE) return [];
      one.told = true;
      return [{ resource, since: formatInstant(one.at), why: one.why }];
    });
  }
}

const byName = (a: LostResource, b: LostResource): number => (a.resource < b.resource ? -1 : 1);
