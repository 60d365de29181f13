import type { InputDocument, InputKind } from '../../inputs/index.ts';
import { type Bundle, CEDAR_VERSION, isRegoPolicy } from '../../policy/index.ts';
import {
  canonicalize,
  type Digest,
  formatInstant,
  type Layer,
  mostBytes,
  type RandomBytes,
  type RecordDraft,
  SCHEMA,
  uuidv7,
} from '../../record/index.ts';
import type { Decision } from '../types.ts';
import { Blobs, clip } from './blobs.ts';
import type { RunResult } from './judge-all.ts';
import { placed } from './placed.ts';
import { cleanJson, cleanText, redactPaths, type StoredInput, storeInput } from './stored-input.ts';

/** A record before its emitter numbers it. */
export type UnnumberedRecord = Omit<RecordDraft, 'sequence'>;

export interface RunAttribution {
  actor?: string;
  actor_verified_by?: string;
  repository?: string;
  commit?: string;
  change?: string;
}

/** What records say of the bundle that was judged with. */
export type RecordedBundle = Pick<
  Bundle,
  'revision' | 'digest' | 'opa_version' | 'control_map_digest' | 'policies'
>;

export interface RecordsOptions extends RunResult {
  bundle: RecordedBundle;
  layer: Layer;
  tool: string;
  tool_version: string;
  /** Cluster that the run looked at. */
  cluster?: string | undefined;
  /** Where the run happened; the ledger that takes the records may set its own. The tool's name where it is not given. */
  emitter?: string;
  run_id: string;
  /** When the run was made, by the real clock, in Unix milliseconds. */
  now: number;
  random: RandomBytes;
  attribution: RunAttribution;
  /** What only this source knows of the run; every record has it. Left out where it is simulated. */
  ext?: string;
  /** An effective time was chosen: every record says so, and nothing was done about anything. */
  simulated: boolean;
}

export interface RunRecords {
  /** One decision record a decision, in order, and the run's own record last. */
  records: UnnumberedRecord[];
  /** What the records name by digest: redacted inputs, and details that are too long. */
  blobs: Map<Digest, Uint8Array>;
}

export const ENGINE = 'opa-wasm';
/** What the stored form of an input shows of itself. Of any other kind the record says it, so that it can be judged again. */
const SELF_EVIDENT: ReadonlySet<InputKind> = new Set<InputKind>([
  'terraform-plan',
  'cloudformation',
  'kubernetes',
  'aws-config',
  'cedar-request',
  'json',
  'yaml',
]);
/** A record has at most 65,535 bytes; longer details become a blob. */
const MOST_DETAILS = 24_000;
const MOST_MESSAGE = 8_000;
const MOST_REDACTIONS = 16_000;

/**
 * The records of a run. The run's record states how many decisions there are, also when that is none, so that a lost
 * or withheld one shows.
 * @throws ExhibitError RECORD_NOT_CANONICAL for details that have no JSON form
 */
export function recordsOfRun(options: RecordsOptions): RunRecords {
  const blobs = new Blobs();
  const stored = new Map<InputDocument, ListedInput>();
  const paths = redactPaths(options.bundle.policies);
  const inputOf = (document: InputDocument): ListedInput => {
    const known = stored.get(document);
    if (known !== undefined) return known;
    const made = listed(storeInput(document, paths, blobs), blobs);
    stored.set(document, made);
    return made;
  };
  const base = baseOf(options);
  const engineOf = enginesOf(options.bundle);
  const records = options.decisions.map((decision, index) => ({
    ...base,
    ...engineOf(decision.policy_id),
    record_id: uuidv7(options.now, options.random),
    run_index: index,
    ...decisionFields(decision, decision.document && inputOf(decision.document), blobs),
  }));
  const all = [...records, runRecord(options, base, blobs)];
  return { records: all.map((record) => placed(record, options)), blobs: blobs.all };
}

/** A stored input, with what was redacted as records list it: a list that is too long for a record is a blob. */
type ListedInput = StoredInput & { listed?: { path: string; reason: string }[]; listed_ref?: Digest };

function listed(input: StoredInput, blobs: Blobs): ListedInput {
  if (input.redactions.length === 0) return input;
  const list = input.redactions.map(({ path, reason }) => ({ path: clip(path, 2_048), reason }));
  const long = Buffer.byteLength(canonicalize(list)) > MOST_REDACTIONS;
  return { ...input, ...(long ? { listed_ref: blobs.addJson(list) } : { listed: list }) };
}

type Base = ReturnType<typeof baseOf>;

function baseOf({
  bundle,
  layer,
  tool,
  tool_version,
  emitter,
  run_id,
  now,
  attribution,
  ext,
  simulated,
}: RecordsOptions) {
  return {
    schema: SCHEMA as typeof SCHEMA,
    record_type: 'decision' as const,
    observed_at: formatInstant(now),
    emitter: clip(emitter ?? tool, 256),
    layer,
    tool,
    tool_version,
    run_id,
    policy_revision: bundle.revision,
    bundle_digest: bundle.digest,
    control_map_digest: bundle.control_map_digest,
    ...attribution,
    ...(ext === undefined ? {} : { ext }),
    ...(simulated ? { ext: canonicalize({ simulated: true }) } : {}),
  };
}

/** Which engine judges with a policy. The version of one that does not run here is not ours to state. */
function enginesOf(bundle: RecordedBundle): (policy: string) => { engine: string; engine_version?: string } {
  const styles = new Map(
    bundle.policies.map((policy) => [policy.id, isRegoPolicy(policy) ? undefined : policy.style]),
  );
  return (policy) => {
    const style = styles.get(policy);
    if (style === undefined) return { engine: ENGINE, engine_version: bundle.opa_version };
    return style === 'cedar' ? { engine: style, engine_version: CEDAR_VERSION } : { engine: style };
  };
}

function runRecord(options: RecordsOptions, base: Base, blobs: Blobs): UnnumberedRecord {
  const { bundle, decisions, counts, populations, documents, problems, overrides, fail_on, simulated, gate } =
    options;
  const { used, orphans, expired } = overrides;
  const details = {
    counts,
    populations,
    documents,
    unreadable: problems.length,
    ...(used.length + orphans.length + expired.length === 0 ? {} : { overrides: { used, orphans, expired } }),
    ...(fail_on === undefined ? {} : { fail_on }),
    ...(simulated ? { simulated } : {}),
    ...gate,
    ...(options.layer === 'pre-commit' ? inputsOf(options.inputs ?? [], blobs) : {}),
  };
  return {
    ...base,
    engine: ENGINE,
    engine_version: bundle.opa_version,
    record_type: 'run',
    record_id: uuidv7(options.now, options.random),
    run_total: decisions.length,
    details: within(details, blobs, 'populations'),
  };
}

const MOST_INPUTS = 100;

/** At pre-commit there is no commit yet: a pipeline knows what was judged there by its content. */
function inputsOf(inputs: readonly Digest[], blobs: Blobs) {
  return inputs.length <= MOST_INPUTS ? { inputs: [...inputs] } : { inputs_ref: blobs.addJson(inputs) };
}

type DecisionFields = Omit<UnnumberedRecord, keyof Base | 'record_id' | 'run_index'>;

function decisionFields(decision: Decision, input: ListedInput | undefined, blobs: Blobs): DecisionFields {
  const clean = input?.clean ?? ((text) => cleanText(text));
  const { location, document } = decision;
  const file = location.file ?? document?.file;
  const details = detailsOf(decision, clean, blobs, input?.listed_ref);
  return {
    ...saidOf(decision, clean),
    ...(file === undefined || file === '' ? {} : { file: clip(file, 4_096) }),
    ...(location.line === undefined ? {} : { line: location.line }),
    ...(location.column === undefined ? {} : { column: location.column }),
    ...(details === undefined ? {} : { details }),
    ...(document === undefined ? {} : { input_digest: document.raw_digest }),
    ...(input === undefined ? {} : { input_ref: input.ref }),
    ...(input?.listed === undefined ? {} : { redactions: input.listed }),
  };
}

/** What a record says of who was judged and how, in the form that records have. */
export function saidOf(decision: Decision, clean: (text: string) => string) {
  const { subject } = decision;
  return {
    policy_id: decision.policy_id,
    rule_id: clip(decision.rule_id, 256),
    subject_type: clip(subject.type, 256),
    subject_id: clip(clean(subject.id), 2_048),
    subject_name: clip(clean(subject.name), 2_048),
    ...(subject.environment === undefined ? {} : { environment: clip(subject.environment, 256) }),
    verdict: decision.verdict,
    disposition: decision.disposition,
    severity: decision.severity,
    ...(decision.message === undefined ? {} : { message: clip(clean(decision.message), MOST_MESSAGE) }),
    ...(decision.override_id === undefined ? {} : { override_id: decision.override_id }),
    ...(decision.override_digest === undefined ? {} : { override_digest: decision.override_digest }),
  };
}

function detailsOf(
  decision: Decision,
  clean: (text: string) => string,
  blobs: Blobs,
  redactions_ref: Digest | undefined,
): UnnumberedRecord['details'] {
  const all = {
    ...decision.details,
    ...(decision.fix === undefined ? {} : { fix: decision.fix }),
    ...(decision.path === undefined ? {} : { path: decision.path }),
    ...(decision.known === undefined ? {} : { known: decision.known }),
    ...(decision.document === undefined ? {} : { document: decision.document.index }),
    ...(decision.document === undefined || SELF_EVIDENT.has(decision.document.kind)
      ? {}
      : { input_kind: decision.document.kind }),
    ...(redactions_ref === undefined ? {} : { redactions_ref }),
  };
  if (Object.keys(all).length === 0) return undefined;
  return within(cleanJson(all, clean) as Record<string, unknown>, blobs);
}

/** Details as they are, or their digest where they are too long. */
function within(
  details: Record<string, unknown>,
  blobs: Blobs,
  part?: string,
): NonNullable<UnnumberedRecord['details']> {
  // Nearly all are far below it, which adding up shows without writing them.
  if (mostBytes(details) <= MOST_DETAILS || Buffer.byteLength(canonicalize(details)) <= MOST_DETAILS)
    return details as NonNullable<UnnumberedRecord['details']>;
  const { [part ?? '']: long, ...rest } = details;
  if (part !== undefined) return { ...within(rest, blobs), [`${part}_ref`]: blobs.addJson(long) };
  return { details_ref: blobs.addJson(details) };
}
