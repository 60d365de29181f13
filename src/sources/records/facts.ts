import type { Problem, RunFacts } from '../types.ts';

export type Stated = { -readonly [K in 'pass' | 'fail' | 'suppressed']?: number };

/** What the parts of a report say of its run, put together. */
export class Facts {
  said: RunFacts = { type: 'run' };
  /** Sums over the parts. */
  stated: Stated = {};
  scanned: number | undefined;

  /** Counts of several parts of a report add up; of the rest the later word wins. */
  learn(facts: RunFacts): void {
    const given = Object.entries(facts).filter(([, value]) => value !== undefined);
    this.said = { ...this.said, ...Object.fromEntries(given), type: 'run' };
    if (facts.scanned !== undefined) this.scanned = (this.scanned ?? 0) + facts.scanned;
    for (const [key, value] of Object.entries(facts.stated ?? {})) {
      const name = key as keyof Stated;
      if (value !== undefined) this.stated[name] = (this.stated[name] ?? 0) + value;
    }
  }

  /** One problem for each count that the report states and that is not what was read. */
  differences(read: Required<Stated>): Problem[] {
    return Object.entries(this.stated).flatMap(([key, stated]) => {
      const found = read[key as keyof Stated];
      if (stated === found) return [];
      const message = `the report says ${stated} ${key}, and ${found} were read`;
      const hint = 'The report is damaged, or of a version that is not known here.';
      return [{ type: 'problem' as const, message, hint }];
    });
  }

  get all(): RunFacts {
    return { ...this.said, scanned: this.scanned, stated: this.stated };
  }
}
