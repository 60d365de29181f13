import { keysOf } from './keys.ts';
import type { AttestationLog } from './log.ts';
import type { Opener } from './opener.ts';
import type { AttestationSource, Found } from './source.ts';

/** Attestations that gates recorded in this server's own log, of those that a trusted key signed. */
export function ledgerSource(log: AttestationLog, opener: Opener): AttestationSource {
  return {
    name: 'the evidence',
    async find(wanted) {
      const found: Found = { summaries: [], faults: [] };
      await log.recent().catch((error: unknown) => void found.faults.push(wordsOf(error)));
      for (const digest of log.digestsOf(keysOf(wanted))) {
        try {
          const summary = opener.open(await log.blob(digest));
          found.summaries.push({ from: `evidence ${digest}`, summary });
        } catch (error) {
          found.faults.push(wordsOf(error));
        }
      }
      return found;
    },
  };
}

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
