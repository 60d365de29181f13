import type { BypassKind, Cause, Change, Facts, GateRun, JudgedChange } from './types.ts';

export interface JudgeOptions {
  /** When the log began, RFC 3339: before it nothing could be recorded. */
  began: string | undefined;
  /** When the log that was read ends, RFC 3339: of what was merged later a copy says nothing. Left out: the log as it is now. */
  until?: string;
  /** Only a run whose emitter somebody vouches for counts. */
  require_verified: boolean;
  /** Labels, besides those that say it themselves, which skip the gate. */
  skip_labels: readonly string[];
}

/**
 * For each merged change: was there a run of the gate, at layer ci, of this repository and commit, complete, clean, neither
 * simulated nor advisory, that the ledger had recorded before the merge? The ledger's own time counts, not the emitter's.
 */
export function judgeChanges(facts: Facts, runs: readonly GateRun[], options: JudgeOptions): JudgedChange[] {
  return [
    ...facts.changes.map((change) => judgeChange(change, facts, runs, options)),
    ...facts.overridden
      .filter((event) => !facts.changes.some((change) => belongs(event, change)))
      .map((event) => withoutChange(event)),
  ];
}

/** A protection that was passed over where no change is known: a push, or a change that was not listed. */
function withoutChange({
  at,
  actor,
  repository = '',
  branch = 'unknown',
  names,
}: Facts['overridden'][number]): JudgedChange {
  const head = names.find((name) => /^[0-9a-f]{7,64}$/.test(name)) ?? '';
  const change: Change = {
    repository,
    url: `https://${repository}${head === '' ? `#${at}` : `/commit/${head}`}`,
    number: 0,
    branch,
    head,
    merged_at: at,
    labels: [],
    messages: [],
    ...(actor === undefined ? {} : { merged_by: actor }),
  };
  const causes: Cause[] = [{ cause: 'administrator', text: `protection passed over at ${at}` }];
  const message = `${WORDS.administrator}, and no merged change belongs to it`;
  return { change, verdict: 'fail', kind: 'administrator', causes, message, refused: [], policies: [] };
}

function judgeChange(
  change: Change,
  facts: Facts,
  runs: readonly GateRun[],
  options: JudgeOptions,
): JudgedChange {
  const checks = facts.checks.filter(({ sha }) => sha === change.head);
  // In a pull request GitHub runs on a merge of its own: there the pipeline's address leads to the head.
  const urls = new Set(checks.flatMap(({ run_url }) => (run_url === undefined ? [] : [run_url])));
  const own = runs.filter(
    (run) =>
      run.repository === change.repository &&
      ((change.head !== '' && run.commit === change.head) || (run.change !== '' && urls.has(run.change))),
  );
  const weighed = own.map((run) => ({ run, ...weigh(run, change, options) }));
  const gate = weighed.find(({ kind }) => kind === undefined)?.run;
  const refused = weighed.flatMap(({ run, why }) => (why === undefined ? [] : [{ run, why }]));
  const causes = causesOf(change, facts, options);
  const overridden = causes.some(({ cause }) => cause === 'administrator');
  const base = { change, causes, refused, policies: [] as string[] };
  if (gate !== undefined && !overridden)
    return { ...base, verdict: 'pass', gate, message: `run ${gate.record_id} was clean before the merge` };
  if (gate === undefined && (change.head === '' || (options.began ?? '~') > change.merged_at)) {
    const why = change.head === '' ? 'its last commit is not known' : 'it was merged before the log began';
    return { ...base, verdict: 'not_evaluated', message: why };
  }
  if (gate === undefined && options.until !== undefined && change.merged_at > options.until)
    return { ...base, verdict: 'not_evaluated', message: 'it was merged after the log that was read ends' };
  const skipped = checks.some(({ state }) => state === 'skipped');
  const kind =
    gate !== undefined
      ? 'administrator'
      : worst(
          weighed.map((each) => each.kind),
          skipped,
        );
  return {
    ...base,
    verdict: 'fail',
    kind,
    policies: [...new Set(own.flatMap(({ failing }) => failing))].sort(),
    message: [WORDS[kind], ...causes.map(({ cause, text }) => `${cause.replace('_', ' ')}: ${text}`)].join(
      '; ',
    ),
    ...(gate === undefined ? {} : { gate }),
  };
}

const WORDS: Record<BypassKind, string> = {
  failing_run: 'merged over a failing run',
  incomplete_run: 'merged over a run that is not complete',
  advisory_run: 'merged over a run that could not block',
  late_run: 'merged before any run was recorded: one was recorded afterwards',
  skipped_run: 'merged over a skipped run',
  no_run: 'merged without a run',
  administrator: 'an administrator passed over the protection',
};

const ORDER: readonly BypassKind[] = ['failing_run', 'incomplete_run', 'advisory_run'];

function worst(kinds: readonly (BypassKind | undefined)[], skipped: boolean): BypassKind {
  const found = ORDER.find((kind) => kinds.includes(kind));
  if (found !== undefined) return found;
  if (skipped) return 'skipped_run';
  return kinds.includes('late_run') ? 'late_run' : 'no_run';
}

/** Why a run does not count; nothing for one that does. */
function weigh(
  run: GateRun,
  { merged_at }: Change,
  { require_verified }: JudgeOptions,
): { kind?: BypassKind; why?: string } {
  if (run.recorded_at > merged_at) return { kind: 'late_run', why: 'it was recorded after the merge' };
  if (run.simulated) return { kind: 'no_run', why: 'it is a simulation' };
  if (run.blocking > 0 || run.exit_code === 1)
    return { kind: 'failing_run', why: `${run.blocking} decisions block` };
  if (run.advisory) return { kind: 'advisory_run', why: 'its gate is advisory' };
  if (run.numbers !== run.run_total || run.arrived !== run.numbers)
    return { kind: 'incomplete_run', why: `${run.arrived} of ${run.run_total} decisions arrived` };
  if (run.undecided > 0)
    return { kind: 'incomplete_run', why: `${run.undecided} decisions reached no verdict` };
  if (run.judged === 0) return { kind: 'incomplete_run', why: 'it judged nothing' };
  if (run.exit_code !== undefined && run.exit_code !== 0)
    return { kind: 'incomplete_run', why: `it ended with ${run.exit_code}` };
  if (require_verified && !isVerified(run.level))
    return { kind: 'no_run', why: `nobody vouches for its emitter (${run.level})` };
  return {};
}

/** An OIDC issuer or a client certificate. A token and none say only that somebody knew something. */
export function isVerified(level: string): boolean {
  return /^https:\/\//.test(level) || /^mtls$/i.test(level);
}

const SKIP_MESSAGE = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks:\s*true\s*$/im;
const SKIP_NAME =
  /(?:skip|bypass|disable|no|ignore)[-_ :/.]*(?:ci|checks?|gates?|polic(?:y|ies)|exhibit)|^(?:ci|gate|policy)[-_ :/.]*(?:skip|bypass)/i;

function causesOf(change: Change, { checks, overridden }: Facts, { skip_labels }: JudgeOptions): Cause[] {
  const own = checks.filter(({ sha }) => sha === change.head);
  const names = new Set([change.head, change.merge_commit, change.url]);
  return [
    ...change.labels
      .filter((label) => SKIP_NAME.test(label) || skip_labels.includes(label))
      .map((text): Cause => ({ cause: 'label', text })),
    ...change.messages.flatMap((message): Cause[] => {
      const found = SKIP_MESSAGE.exec(message)?.[0];
      return found === undefined ? [] : [{ cause: 'commit_message', text: found }];
    }),
    ...[...new Set(own.flatMap(({ variables }) => variables))]
      .filter((name) => SKIP_NAME.test(name))
      .map((text): Cause => ({ cause: 'variable', text })),
    ...overridden
      .filter((event) => belongs(event, change, names))
      .map(({ at }): Cause => ({ cause: 'administrator', text: `protection passed over at ${at}` })),
  ];
}

/** Within this time of a merge into the branch, an event that names no commit is taken for it, in milliseconds. */
const NEAR = 60_000;

/** An event names the change, or falls together with it on its branch. */
export function belongs(
  { at, repository, branch, names: said }: Facts['overridden'][number],
  change: Change,
  names: ReadonlySet<string | undefined> = new Set([change.head, change.merge_commit, change.url]),
): boolean {
  if (repository !== undefined && repository !== change.repository) return false;
  if (said.length > 0) return said.some((name) => names.has(name) || change.url.endsWith(name));
  return (
    (branch === undefined || branch === change.branch) &&
    Math.abs(Date.parse(at) - Date.parse(change.merged_at)) <= NEAR
  );
}
