import type { LedgerReader } from '../../ledger/index.ts';
import { engagementRequests, engagementsIn, requestsOf } from '../engagement/acts.ts';
import { sourceHere } from '../scope/source.ts';
import type { EngagementLine } from './types.ts';

/**
 * All engagements of a log, with the requests that nobody answered.
 * @param now Unix milliseconds
 * @throws ExhibitError LAKE_FAILED where days are missing
 */
export async function engagementLines(reader: LedgerReader, now: number): Promise<EngagementLine[]> {
  const acts = await engagementRequests(sourceHere(reader));
  const lines: EngagementLine[] = [];
  for (const { engagement, scope, state, expires } of await engagementsIn(reader, acts, now)) {
    const requests = requestsOf(acts.filter((act) => act.engagement === engagement));
    lines.push({
      engagement,
      ...{ framework: scope.framework, from: scope.from, to: scope.to },
      ...{ state, expires, requests: requests.length },
      unanswered: requests
        .filter(({ replies }) => replies.length === 0)
        .map(({ record_id, asked_at, control = '', text }) => ({ record_id, asked_at, control, text })),
    });
  }
  return lines;
}
