import type { Decision, Judged } from '../../engine/index.ts';
import { type Bundle, controlLinks, inEffect } from '../../policy/index.ts';
import { shellWord } from '../../record/index.ts';

/** What an API server is told. @see k8s.io/api/admission/v1 AdmissionResponse */
export interface ReviewResponse {
  uid: string;
  allowed: boolean;
  status?: { code: number; reason: 'Forbidden'; message: string };
  warnings?: string[];
  /** Kept in the audit log of the API server, under the webhook's name. */
  auditAnnotations: Record<string, string>;
}

/** An API server cuts a longer warning, and drops what is beyond 4,096 bytes of all of them. */
const MOST_WARNING = 250;
const MOST_WARNINGS = 14;
const MOST_REASONS = 20;
const MOST_REASON = 1_200;
const MOST_NAME = 512;

/** Texts about policies that answers repeat, made once for a bundle. */
export type Words = (policy: string) => { title: string; controls: readonly string[]; fix?: string };

/** @param day YYYY-MM-DD in UTC, on which links of the control map must hold */
export function wordsOf(bundle: Bundle, day: string): Words {
  const links = controlLinks(bundle.control_map).filter((link) => inEffect(link, day));
  const controls = Map.groupBy(links, ({ policy_id }) => policy_id);
  const policies = new Map(bundle.policies.map((policy) => [policy.id, policy]));
  return (id) => {
    const policy = policies.get(id);
    return {
      title: policy?.title ?? id,
      controls: (controls.get(id) ?? []).map(({ control }) => control),
      ...(policy === undefined ? {} : { fix: policy.remediation }),
    };
  };
}

/**
 * The answer to a review: denied by what is enforced, with a warning for what is warned of or waived. What could not be judged is denied
 * like a fail, where the policy is enforced.
 * @param run id of the run in the records
 */
export function answerOf(
  uid: string,
  run: string,
  { decisions, counts }: Pick<Judged, 'decisions' | 'counts'>,
  bundle: Bundle,
  words: Words,
): ReviewResponse {
  const enforced = decisions.filter(({ disposition }) => disposition === 'enforced');
  const told = decisions.filter(({ disposition }) => disposition === 'warned' || disposition === 'waived');
  const warnings = listed(
    told.map((decision) => clip(warning(decision, bundle), MOST_WARNING)),
    MOST_WARNINGS,
    run,
  );
  return {
    uid,
    allowed: enforced.length === 0,
    ...(enforced.length === 0
      ? {}
      : { status: { code: 403, reason: 'Forbidden' as const, message: refusal(enforced, words, run) } }),
    ...(warnings.length === 0 ? {} : { warnings }),
    auditAnnotations: {
      run,
      bundle: bundle.digest,
      revision: bundle.revision,
      verdicts: countsOf(counts),
    },
  };
}

function refusal(enforced: readonly Decision[], words: Words, run: string): string {
  const reasons = enforced.map(({ policy_id, rule_id, subject, verdict, message, fix }) => {
    const { title, controls, fix: remediation } = words(policy_id);
    const said = verdict === 'fail' ? (message ?? title) : `could not be judged: ${message ?? verdict}`;
    const how = fix ?? remediation;
    return [
      `${rule_id} (${title}): ${clip(subject.name, MOST_NAME)}: ${clip(said, MOST_REASON)}`,
      ...(how === undefined ? [] : [`  fix: ${clip(how, MOST_REASON)}`]),
      ...(controls.length === 0 ? [] : [`  controls: ${controls.join(', ')}`]),
      ...(verdict === 'fail'
        ? [`  override: ${howToAsk(policy_id, subject.id)}`]
        : ['  what could not be judged has no override']),
    ].join('\n');
  });
  return [`denied by ${enforced.length} of the policies`, ...listed(reasons, MOST_REASONS, run)].join('\n');
}

/** A pattern that would waive others, too; the star behind a prefix stands for a name that the API server is asked to make. */
const PATTERN = /[?[\]{}!]|\*(?!$)|(?:^|[/*])\*$/;

/**
 * A command to be pasted: whoever made the object chose its name, so the name is one word of it and no pattern, or does not stand
 * there.
 */
function howToAsk(policy: string, subject: string): string {
  if (clip(subject, MOST_NAME) !== subject || PATTERN.test(subject))
    return `exhibit override request --policy ${policy}, with the subject as the record has it`;
  return `exhibit override request --policy ${policy} --subject ${shellWord(subject)} --layer admission`;
}

function warning(
  { policy_id, subject, message, override_id, disposition }: Decision,
  bundle: Bundle,
): string {
  const said = `${policy_id}: ${subject.name}: ${message ?? ''}`;
  if (disposition !== 'waived') return `${said} (not enforced yet)`;
  const sunset = bundle.overrides.find(({ id }) => id === override_id)?.sunset;
  return `waived by override ${override_id} until ${sunset}: ${said}`;
}

/** Nothing is left out in silence: the rest is counted, and stands in the records. */
function listed(texts: string[], most: number, run: string): string[] {
  if (texts.length <= most) return texts;
  return [...texts.slice(0, most), `and ${texts.length - most} more, in the records of run ${run}`];
}

/** A waived fail stands as waived alone. */
function countsOf({ waived, ...counts }: Judged['counts']): string {
  return Object.entries({ ...counts, fail: counts.fail - waived, waived })
    .flatMap(([word, count]) => (count === 0 ? [] : [`${word}=${count}`]))
    .sort()
    .join(' ');
}

/** One line without signs that are not seen: a terminal obeys some of them, and an API server drops a warning that holds one. */
function clip(text: string, most: number): string {
  const line = text
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .toWellFormed();
  return line.length <= most ? line : `${line.slice(0, most - 3).toWellFormed()}...`;
}
