import { ABOUT_THERE } from '../../engine/index.ts';
import { type Bundle, CEDAR_VERSION, type Override } from '../../policy/index.ts';
import { type EvidenceRecord, SEVERITIES, type Severity, type Verdict } from '../../record/index.ts';
import type { Again, AskedOnce } from './say.ts';
import type { Difference, Outcome, Said, Why } from './types.ts';

/** What of a decision is compared, beside that it speaks of the subject at all. */
export const COMPARED_FIELDS = [
  'verdict',
  'disposition',
  'override_id',
  'override_digest',
  'severity',
  'subject_type',
  'subject_name',
  'message',
] as const satisfies readonly (keyof Said)[];

export interface Compared {
  bundle: Pick<Bundle, 'overrides' | 'opa_version'>;
  /** Of this program. */
  version: string;
}

/** Holds what a record says against what is said now. */
export function compare(asked: AskedOnce, again: Again | undefined, context: Compared): Outcome {
  const { record, subject_id } = asked;
  if (again === undefined) {
    const differences: Difference[] = [{ field: 'subject', recorded: subject_id, again: null }];
    return { outcome: 'differs', again, differences, why: whyOf(asked, differences, context) };
  }
  // A slow machine, or a fast one then: what a limit ended is no other verdict.
  if (again.verdict === 'error' && again.code === 'ENGINE_TIMEOUT' && record.verdict !== 'error')
    return {
      outcome: 'cannot',
      reason: 'limit',
      text: `the policy did not come to an end here: ${again.message ?? ''}`,
    };
  const said = gated(saidOf(again), asked);
  const differences = COMPARED_FIELDS.flatMap((field): Difference[] => {
    const [then, now] = [record[field] ?? null, said[field] ?? null];
    const same = field === 'message' ? sameMessage(then, now, record) : then === now;
    return same ? [] : [{ field, recorded: then, again: now }];
  });
  return differences.length === 0
    ? { outcome: 'same', again: said }
    : { outcome: 'differs', again: said, differences, why: whyOf(asked, differences, context) };
}

function saidOf({
  verdict,
  disposition,
  severity,
  subject_type,
  subject_name,
  message,
  override_id,
  override_digest,
}: Again): Said {
  return {
    verdict,
    disposition,
    severity,
    subject_type,
    subject_name,
    message,
    override_id,
    override_digest,
  };
}

/** What the gate of the run made of it: what was known before the change, or would have blocked an advisory run, was warned of. */
function gated(said: Said, asked: AskedOnce): Said {
  if (said.disposition !== 'enforced') return said;
  return isWeakened(said.verdict, asked) ? { ...said, disposition: 'warned' } : said;
}

/** Whether the run only warned of what its layer would have blocked. */
function isWeakened(verdict: Said['verdict'], { record: { severity }, details, facts }: AskedOnce): boolean {
  if (facts === undefined) return false;
  const known = verdict === 'fail' && typeof details.known === 'string' && facts.fail_on_known !== undefined;
  return facts.advisory || (known && !atLeast(severity, facts.fail_on_known ?? ''));
}

function atLeast(severity: Severity | undefined, threshold: string): boolean {
  if (threshold === 'any') return true;
  const at = SEVERITIES.indexOf(threshold as Severity);
  return severity !== undefined && at >= 0 && SEVERITIES.indexOf(severity) <= at;
}

/** The place of what was rendered is told in a message where there is a file; the limit that ended a policy, where it was an error. */
function sameMessage(then: string | null, now: string | null, { verdict }: EvidenceRecord): boolean {
  const plain = (text: string | null) =>
    text?.endsWith(ABOUT_THERE) ? text.slice(0, -ABOUT_THERE.length) : text;
  return plain(then) === plain(now) || (isStopped(verdict, then) && isStopped(verdict, now));
}

/** Whether a limit of time ended the policy. */
export function isStopped(verdict: Verdict | undefined, message: string | null | undefined): boolean {
  return verdict === 'error' && /stopped after \d+ ms$/.test(message ?? '');
}

/** Judged a moment before it was recorded: within this time an override may have begun or ended, in milliseconds. */
const BETWEEN = 10 * 60_000;

function whyOf(
  { record, facts, details }: AskedOnce,
  differences: readonly Difference[],
  { bundle, version }: Compared,
) {
  const why: { code: Why; text: string }[] = [];
  const overrides = bundle.overrides.filter(({ policy }) => policy === record.policy_id);
  const differs = (...fields: Difference['field'][]) =>
    differences.some(({ field }) => fields.includes(field));
  const { redactions, tool_version, engine, engine_version, override_id, override_digest } = record;
  if ((redactions?.length ?? 0) > 0 || details.redactions_ref !== undefined) {
    const count =
      redactions === undefined
        ? 'parts'
        : `${redactions.length} ${redactions.length === 1 ? 'part' : 'parts'}`;
    why.push({
      code: 'redacted',
      text: `${count} of the input were redacted before it was stored: a rule that reads them cannot see them now`,
    });
  }
  if (tool_version !== undefined && tool_version !== version && record.tool?.startsWith('exhibit') === true)
    why.push({
      code: 'tool_version',
      text: `it was judged by version ${tool_version}, and again by ${version}`,
    });
  const now = engine === 'cedar' ? CEDAR_VERSION : engine === 'opa-wasm' ? bundle.opa_version : undefined;
  if (engine_version !== undefined && now !== undefined && engine_version !== now)
    why.push({
      code: 'engine_version',
      text: `it was judged by ${engine} ${engine_version}, and again by ${now}`,
    });
  if (differs('disposition', 'override_id', 'override_digest')) {
    const override = overrides.find(({ id }) => id === override_id);
    if (override_id !== undefined && override?.digest !== override_digest)
      why.push({
        code: 'override',
        text:
          override === undefined
            ? `the bundle that the record names has no override ${override_id} of this policy`
            : `the override ${override_id} of the bundle has another digest than the record says`,
      });
    if (facts === undefined)
      why.push({
        code: 'run_unknown',
        text: 'the record of its run was not found: from which severity on it blocked is not known',
      });
  }
  const edge = edgeNear(Date.parse(record.observed_at), overrides);
  if (edge !== undefined && differs('verdict', 'disposition', 'override_id'))
    why.push({
      code: 'clock',
      text: `it was judged some time before it was recorded at ${record.observed_at}, and the override ${edge.id} began or ended about then`,
    });
  if (isStopped(record.verdict, record.message))
    why.push({ code: 'limit', text: 'a limit of time ended the policy then, and here it came to an end' });
  if (why.length === 0) why.push({ code: 'unknown', text: 'the evidence does not show why' });
  return why;
}

function edgeNear(at: number, overrides: readonly Override[]): Override | undefined {
  const near = (text: string) => at - Date.parse(text) >= 0 && at - Date.parse(text) < BETWEEN;
  return overrides.find(({ created, sunset }) => near(created) || near(sunset));
}
