import type { Item, Outcome, Suppression } from '../../types.ts';
import { lineOf, severityOf, severityOfScore } from '../../values.ts';
import { firstMembers, membersOf } from '../members.ts';
import { meantBy, toolOf } from './sarif-dialects.ts';
import { sarifPlace } from './sarif-place.ts';
import { type Message, type Result, type Rule, type Run, rule as ruleSchema } from './sarif-schema.ts';

/** By `kind`; whoever says `open`, `review` or `informational` decided nothing. SARIF 2.1.0, 3.27.9. */
const VERDICT: ReadonlyMap<string, Outcome['verdict']> = new Map([
  ['fail', 'fail'],
  ['pass', 'pass'],
  ['notApplicable', 'not_applicable'],
]);
const LEVELS: ReadonlySet<string | undefined> = new Set(['error', 'warning', 'note', 'none', undefined]);

/** One result of a run. */
export function* sarifResult(value: Result, run: Run, where: string): Generator<Item> {
  const rule = ruleOf(value, run);
  const ruleId = value.ruleId || value.rule?.id || rule?.id;
  if (!ruleId) {
    yield {
      type: 'problem',
      message: `${where}: it names no rule`,
      hint: 'The report is damaged, or of a version that is not known here.',
    };
    return;
  }
  const tool = toolOf(run.tool.driver.name);
  const kind = value.kind ?? 'fail';
  const stated = value.level ?? undefined;
  if (!LEVELS.has(stated))
    yield { type: 'problem', message: `${where}: its level ${stated} is none of SARIF's` };
  const level = stated ?? (kind === 'fail' ? (rule?.defaultConfiguration?.level ?? 'warning') : undefined);
  const meant = meantBy(tool, { ruleId, level, alone: () => isAlone(value, ruleId, run) });
  const first = value.locations?.[0];
  const file = sarifPlace(first?.physicalLocation?.artifactLocation ?? undefined, run);
  const logical = first?.logicalLocations?.find(({ fullyQualifiedName, name }) => fullyQualifiedName ?? name);
  const suppressed = meant.suppressed ?? suppressionOf(value);
  yield {
    type: 'outcome',
    tool,
    check: meant.check,
    ...(meant.rule === undefined ? {} : { rule: meant.rule }),
    subject: subjectOf(file, logical, tool),
    verdict: meant.verdict ?? verdictOf(value, kind, level),
    severity:
      severityOfScore(score(rule?.properties) ?? score(value.properties) ?? -1) ??
      severityOf(level === 'none' ? undefined : level),
    message: messageOf(value.message, rule) ?? rule?.shortDescription?.text ?? rule?.name ?? undefined,
    fix: rule?.help?.text ?? undefined,
    file,
    line: lineOf(first?.physicalLocation?.region?.startLine),
    column: lineOf(first?.physicalLocation?.region?.startColumn),
    suppressed,
    details: detailsOf(value, rule, kind, suppressed),
  };
}

function verdictOf({ baselineState }: Result, kind: string, level: string | undefined): Outcome['verdict'] {
  // It was in the baseline and is not in this run: nobody says that the rule looked again.
  if (baselineState === 'absent') return 'not_evaluated';
  // No kind means `fail`, which `none` as its level contradicts: the tool did not say that something is wrong.
  if (kind === 'fail' && level === 'none') return 'not_evaluated';
  return VERDICT.get(kind) ?? 'not_evaluated';
}

/** Whether no other result of the run has a rule of the same namespace at the same place; also one that is damaged counts. */
function isAlone(value: Result, ruleId: string, run: Run): boolean {
  let counts = PLACES.get(run);
  if (counts === undefined) {
    counts = new Map<string, number>();
    for (const each of run.results ?? []) {
      const one = membersOf(each);
      if (typeof one?.ruleId !== 'string') continue;
      const key = placeKey(one.ruleId, one.locations);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    PLACES.set(run, counts);
  }
  return (counts.get(placeKey(ruleId, value.locations)) ?? 0) <= 1;
}

const PLACES = new WeakMap<object, Map<string, number>>();

/** Namespace and address, from what has not been looked at yet. */
function placeKey(ruleId: string, locations: unknown): string {
  const artifact = membersOf(membersOf(firstMembers(locations)?.physicalLocation)?.artifactLocation);
  return JSON.stringify([ruleId.replace(/\/[^/]*$/, ''), artifact?.uri ?? null, artifact?.index ?? null]);
}

/** Suppressed is what has suppressions of which none is rejected or still under review. 3.27.23. */
function suppressionOf({ suppressions }: Result): Suppression | undefined {
  const [first] = suppressions ?? [];
  if (first === undefined || suppressions?.some(({ status }) => status != null && status !== 'accepted'))
    return undefined;
  const kind = first.kind === 'inSource' ? 'in source' : (first.kind ?? 'suppression');
  return {
    kind,
    reason: suppressions?.find(({ justification }) => justification)?.justification ?? undefined,
  };
}

/** By index in the driver or an extension, else by id; an id may go on after a slash with what its rule does not name. 3.27.5 to 3.27.7. */
function ruleOf({ ruleId, ruleIndex, rule }: Result, run: Run): Rule | undefined {
  const { driver, extensions } = run.tool;
  const reference = rule?.toolComponent;
  const component =
    reference == null
      ? driver
      : ((reference.index == null ? undefined : extensions?.[reference.index]) ??
        extensions?.find(
          ({ guid, name }) => (guid != null && guid === reference.guid) || name === reference.name,
        ) ??
        driver);
  const at = ruleIndex ?? rule?.index ?? -1;
  const byIndex = component.rules?.[at];
  const id = ruleId ?? rule?.id;
  const fits = (one: unknown) => {
    const named = ruleSchema.safeParse(one).data;
    return named !== undefined &&
      (id === undefined || id === null || id === named.id || id.startsWith(`${named.id}/`))
      ? named
      : undefined;
  };
  if (byIndex !== undefined) return fits(byIndex);
  if (at >= 0 || id == null) return undefined;
  return byId(component).get(id) ?? byId(component).get(id.replace(/\/[^/]*$/, ''));
}

const INDEX = new WeakMap<object, Map<string, Rule>>();

function byId(component: Run['tool']['driver']): Map<string, Rule> {
  const before = INDEX.get(component);
  if (before !== undefined) return before;
  const rules = new Map<string, Rule>();
  for (const each of component.rules ?? []) {
    const { data } = ruleSchema.safeParse(each);
    if (data !== undefined) rules.set(data.id, data);
  }
  INDEX.set(component, rules);
  return rules;
}

function subjectOf(
  file: string | undefined,
  logical:
    | {
        fullyQualifiedName?: string | null | undefined;
        name?: string | null | undefined;
        kind?: string | null | undefined;
      }
    | undefined,
  tool: string,
): Outcome['subject'] {
  if (file !== undefined) return { type: 'file', id: file };
  const id = logical?.fullyQualifiedName || logical?.name;
  return id ? { type: logical?.kind || 'component', id } : { type: 'scan', id: tool };
}

/** Text with its `{0}` filled in; `{{` and `}}` are braces. 3.11.5. */
function messageOf({ text, id, arguments: given }: Message, rule: Rule | undefined): string | undefined {
  const form = text ?? (id == null ? undefined : rule?.messageStrings?.[id]?.text);
  if (form == null || form === '') return undefined;
  if (given == null) return form;
  return form.replace(/\{\{|\}\}|\{(\d{1,3})\}/g, (whole, at?: string) =>
    at === undefined ? whole.slice(1) : (given[Number(at)] ?? whole),
  );
}

function score(properties: Rule['properties']): number | undefined {
  const value = properties?.['security-severity'];
  return value == null || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
}

function detailsOf(
  { baselineState, suppressions, partialFingerprints, locations }: Result,
  rule: Rule | undefined,
  kind: string,
  suppressed: Suppression | undefined,
): Record<string, unknown> {
  const rejected =
    suppressed === undefined ? suppressions?.map(({ status }) => status ?? 'accepted') : undefined;
  const details = {
    title: rule?.shortDescription?.text ?? rule?.name,
    url: rule?.helpUri,
    kind: kind === 'fail' ? undefined : kind,
    baseline_state: baselineState,
    suppressions: rejected?.length ? rejected : undefined,
    fingerprints: partialFingerprints,
    more_locations: (locations?.length ?? 0) > 1 ? (locations?.length ?? 0) - 1 : undefined,
  };
  return Object.fromEntries(Object.entries(details).filter(([, each]) => each != null));
}
