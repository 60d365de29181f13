import type { Ledger } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, derivedId, type RecordDraft, SCHEMA } from '../../record/index.ts';
import { findGaps, type Gap, type Gaps, type GapsOptions, timeOf } from './find.ts';

/**
 * Looks for gaps and records those that the log does not have yet. A gap is recorded when it is seen first: the same gap makes the
 * same record, whoever looks and however often.
 * @returns what was found, and how many records were new
 */
export async function recordGaps(
  ledger: Ledger,
  options: GapsOptions,
): Promise<{ found: Gaps; added: number }> {
  const found = await findGaps(ledger, options);
  const drafts = found.gaps
    .filter(isRecorded)
    .map(gapRecord)
    .filter(({ record_id }) => !found.recorded.has(record_id));
  if (drafts.length > 0) {
    await ledger.appendNumbered(drafts);
    await ledger.seal();
  }
  return { found, added: drafts.length };
}

/** Gaps of which the log has no record yet, in words. Numbers and decisions that are missing are not among them: the log itself shows those. */
export function unrecorded({ gaps, recorded }: Gaps): { message: string; policy?: string }[] {
  return gaps
    .filter((gap) => gap.kind !== 'sequence missing' && gap.kind !== 'run incomplete' && isRecorded(gap))
    .map(gapRecord)
    .filter(({ record_id }) => !recorded.has(record_id))
    .map(({ message = '', policy_id }) => ({
      message,
      ...(policy_id === undefined ? {} : { policy: policy_id }),
    }));
}

/** That a policy was never judged here is a question to the present, which `unjudged-policies` answers, and no event of a day. */
function isRecorded(gap: Gap): boolean {
  return gap.kind !== 'policy not judged' || gap.last !== undefined;
}

/** What a gap is known by holds nothing that changes while it lasts: its end is in the log as the record that ended it. */
function gapRecord(gap: Gap): RecordDraft {
  const { message, details, key } = said(gap);
  const about = gap.kind === 'policy not judged' ? gap.policy : gap.emitter;
  return {
    schema: SCHEMA,
    record_id: derivedId('gap', canonicalize([gap.kind, about, ...key]), sha256),
    record_type: 'gap',
    observed_at: timeOf(gap),
    emitter: 'exhibit',
    layer: 'evidence',
    tool: 'exhibit',
    ...(gap.kind === 'policy not judged' ? { policy_id: gap.policy } : {}),
    message,
    details: {
      kind: gap.kind,
      ...(gap.kind === 'policy not judged' ? {} : { emitter: gap.emitter }),
      ...details,
    },
  };
}

function said(gap: Gap): {
  message: string;
  details: Record<string, string | number>;
  key: (string | number)[];
} {
  switch (gap.kind) {
    case 'run missing':
    case 'heartbeat missing': {
      const what = gap.kind === 'run missing' ? 'run' : 'sign of life';
      const last = gap.last === undefined ? 'none came before' : `the last came at ${gap.last}`;
      return {
        message: `${gap.emitter}: a ${what} was due at ${gap.due} at the latest (every ${gap.every}); ${last}`,
        details: {
          owner: gap.owner,
          due: gap.due,
          every: gap.every,
          ...(gap.last === undefined ? {} : { last: gap.last }),
        },
        key: [gap.due],
      };
    }
    case 'policy not judged': {
      const { policy, owner, due, every, last } = gap;
      const before = last === undefined ? 'it never was before' : `the last verdict came at ${last}`;
      return {
        message: `${policy}: it was to be judged by ${due} at the latest (every ${every}); ${before}`,
        details: { owner, due, every, ...(last === undefined ? {} : { last }) },
        key: [due],
      };
    }
    case 'sequence missing':
      return {
        message: `${gap.emitter}: ${gap.missing} numbers never came, from ${gap.first} to ${gap.last_number}`,
        details: { first: gap.first, last: gap.last_number, missing: gap.missing },
        key: [gap.first, gap.last_number],
      };
    case 'run incomplete':
      return {
        message: `${gap.emitter}: of the ${gap.expected} decisions of run ${gap.run_id}, ${gap.arrived} are in the log`,
        details: { run_id: gap.run_id, expected: gap.expected, arrived: gap.arrived },
        key: [gap.run_id, gap.arrived],
      };
  }
}
