import { dispose, INPUT_POLICY, type UnnumberedRecord } from '../../engine/index.ts';
import { type Mode, sha256 } from '../../policy/index.ts';
import {
  canonicalize,
  derivedId,
  encodeRecord,
  formatInstant,
  isExhibitError,
  type Layer,
  parseDraft,
  type RecordDraft,
  SCHEMA,
  SEVERITIES,
  type Severity,
  uuidv7,
  type Verdict,
} from '../../record/index.ts';
import type { Item, Outcome, Problem, RunFacts } from '../types.ts';
import { Cleaner, clip, plainName } from './clean.ts';
import type { Ingested, IngestOptions } from './options.ts';
import { suppressionRecord } from './suppression.ts';

const BATCH = 500;

/**
 * Records of a report, in batches, in constant memory: one decision a result, one error a problem, an override without a sunset for each
 * suppression of the tool, and the run last, with its counts.
 */
export async function* ingest(
  items: AsyncIterable<Item> | Iterable<Item>,
  options: IngestOptions,
): AsyncGenerator<UnnumberedRecord[], Ingested> {
  const run = new Run(options);
  for (const problem of options.problems ?? []) run.add(problem);
  try {
    for await (const item of items) {
      run.add(item);
      if (run.waiting.length >= BATCH) yield run.take();
    }
  } catch (cause) {
    run.add({
      type: 'problem',
      message: `the report could not be read to its end: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'What stands before was recorded.',
    });
  }
  run.finish();
  yield run.take();
  return run.result();
}

class Run {
  waiting: UnnumberedRecord[] = [];
  readonly #options: IngestOptions;
  readonly #clean = new Cleaner();
  readonly #mapped: ReadonlySet<string>;
  readonly #suppressions = new Set<string>();
  readonly #counts = { pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 };
  readonly #unmapped = new Map<string, number>();
  readonly #problems: Problem[] = [];
  #facts: RunFacts = { type: 'run' };
  #stated: Stated = {};
  #scanned: number | undefined;
  #run_id: string | undefined;
  #index = 0;
  #outcomes = 0;
  #enforced = 0;
  #suppressed = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
    const map = options.bundle?.control_map;
    this.#mapped = new Set([
      ...(map?.entries ?? []).map(({ policy_id }) => policy_id),
      ...(map?.groups ?? []).flatMap(({ policy_ids }) => policy_ids),
    ]);
  }

  take(): UnnumberedRecord[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  add(item: Item): void {
    switch (item.type) {
      case 'run':
        this.#learn(item);
        break;
      case 'problem':
        this.#problem(item);
        break;
      case 'outcome':
        this.#outcome(item);
    }
  }

  finish(): void {
    const { failed } = this.#facts;
    if (failed !== undefined)
      this.#problem({ type: 'problem', message: `the tool says that it failed: ${failed}` });
    this.#compareCounts();
    const nothing = this.#outcomes === 0 && this.#problems.length === 0;
    const said = this.#facts.population ?? this.#options.source.population;
    if (nothing && (this.#scanned === 0 || said !== 'failures'))
      this.#problem({
        type: 'problem',
        message: 'the report holds no result: nothing was judged, which is no pass',
        hint: 'Look whether the tool was given the right files.',
      });
    this.#put(this.#runRecord());
  }

  result(): Ingested {
    return {
      run_id: this.#id(),
      counts: this.#counts,
      enforced: this.#enforced,
      suppressed: this.#suppressed,
      problems: this.#problems,
      facts: { ...this.#facts, scanned: this.#scanned, stated: this.#stated },
      unmapped: this.#unmapped,
      decisions: this.#index,
      complete: this.#problems.length === 0 && this.#counts.error === 0 && this.#counts.not_evaluated === 0,
    };
  }

  /** Counts of several parts of a report add up. */
  #learn(facts: RunFacts): void {
    const given = Object.entries(facts).filter(([, value]) => value !== undefined);
    this.#facts = { ...this.#facts, ...Object.fromEntries(given), type: 'run' };
    if (facts.scanned !== undefined) this.#scanned = (this.#scanned ?? 0) + facts.scanned;
    for (const [key, value] of Object.entries(facts.stated ?? {})) {
      const name = key as keyof Stated;
      if (value !== undefined) this.#stated[name] = (this.#stated[name] ?? 0) + value;
    }
  }

  #compareCounts(): void {
    const read = { pass: this.#counts.pass, fail: this.#counts.fail, suppressed: this.#suppressed };
    for (const [key, stated] of Object.entries(this.#stated)) {
      const found = read[key as keyof typeof read];
      if (stated !== found)
        this.#problem({
          type: 'problem',
          message: `the report says ${stated} ${key}, and ${found} were read`,
          hint: 'The report is damaged, or of a version that is not known here.',
        });
    }
  }

  #problem(problem: Problem): void {
    this.#problems.push(problem);
    const { source, report } = this.#options;
    const { message, hint, line, file, check } = problem;
    const place = file ?? report;
    this.#push({
      policy_id: check === undefined ? INPUT_POLICY : plainName(`${source.tool}/${check}`),
      rule_id: INPUT_POLICY,
      subject: { type: file === undefined ? 'report' : 'file', id: place === '' ? 'report' : place },
      verdict: 'error',
      severity: 'high',
      message,
      details: { ...(hint === undefined ? {} : { fix: hint }) },
      file: place,
      line,
      time: undefined,
    });
  }

  #outcome(outcome: Outcome): void {
    this.#outcomes += 1;
    const { source } = this.#options;
    const { suppressed, severity, subject } = outcome;
    const policy_id = plainName(`${outcome.tool ?? source.tool}/${outcome.check}`);
    if (this.#options.bundle !== undefined && !this.#mapped.has(policy_id))
      this.#unmapped.set(policy_id, (this.#unmapped.get(policy_id) ?? 0) + 1);
    // A suppression is somebody's decision not to look: whatever was written beside it, it is no pass.
    const verdict =
      suppressed !== undefined && outcome.verdict === 'pass' ? 'not_evaluated' : outcome.verdict;
    let override: string | undefined;
    if (suppressed !== undefined) {
      this.#suppressed += 1;
      const record = suppressionRecord(
        policy_id,
        outcome,
        suppressed,
        outcome.tool === undefined ? this.#base() : { ...this.#base(), tool: plainName(outcome.tool) },
        this.#clean,
        (name) => this.#options.reference?.(name),
      );
      override = record.override_id;
      if (!this.#suppressions.has(record.record_id)) this.#put(record);
      this.#suppressions.add(record.record_id);
    }
    this.#push({
      policy_id,
      rule_id: outcome.rule === undefined ? policy_id : `${policy_id}/${outcome.rule}`,
      subject,
      verdict,
      severity: severity ?? 'medium',
      message: outcome.message,
      file: outcome.file,
      line: outcome.line,
      column: outcome.column,
      environment: outcome.environment,
      time: outcome.observed_at,
      disposition: outcome.disposition,
      layer: outcome.layer,
      tool: outcome.tool,
      actor: outcome.actor,
      details: {
        ...outcome.details,
        ...(outcome.source_id === undefined ? {} : { source_id: outcome.source_id }),
        ...(outcome.fix === undefined ? {} : { fix: outcome.fix }),
        ...(severity === undefined ? { severity_stated: false } : {}),
        ...(override === undefined ? {} : { suppressed_by: override }),
      },
    });
  }

  #push(decision: Decided): void {
    const { bundle, environment, repository, now } = this.#options;
    const clean = this.#clean;
    const layer = decision.layer ?? this.#layer();
    const subject = {
      type: clip(decision.subject.type, 256) || 'resource',
      id: clip(clean.text(decision.subject.id), 2_048) || 'unnamed',
      name: clip(clean.text(decision.subject.name ?? decision.subject.id), 2_048),
      ...(decision.environment === undefined ? {} : { environment: clip(decision.environment, 256) }),
    };
    const disposal = dispose(
      {
        policy_id: decision.policy_id,
        rule_id: decision.rule_id,
        severity: decision.severity,
        subject: { ...subject, id: decision.subject.id },
        verdict: decision.verdict,
      },
      {
        mode: modeOf(decision, this.#options.failOn),
        layer,
        overrides: bundle?.overrides ?? [],
        now,
        ...(environment === undefined ? {} : { environment }),
        ...(repository === undefined ? {} : { repository }),
        ...(decision.file === undefined ? {} : { file: decision.file }),
      },
    );
    // What an enforcement point did, it did: a waiver of ours did not let it through.
    const done =
      decision.disposition !== undefined && decision.verdict !== 'pass'
        ? { disposition: decision.disposition }
        : disposal;
    this.#counts[decision.verdict] += 1;
    if (done.disposition === 'waived') this.#counts.waived += 1;
    if (done.disposition === 'enforced' && decision.verdict === 'fail') this.#enforced += 1;
    const actor = decision.actor === undefined ? undefined : this.#options.reference?.(decision.actor);
    this.#put({
      ...this.#base(),
      // What another tool found and this one only carries is the other's word.
      ...(decision.tool === undefined ? {} : { tool: plainName(decision.tool) }),
      layer,
      observed_at: decision.time ?? this.#time(),
      record_id: this.#recordId(this.#index),
      record_type: 'decision',
      run_index: this.#index,
      policy_id: decision.policy_id,
      rule_id: clip(clean.text(decision.rule_id), 256),
      subject_type: subject.type,
      subject_id: subject.id,
      subject_name: subject.name,
      ...(subject.environment === undefined ? {} : { environment: subject.environment }),
      ...(decision.file === undefined ? {} : { file: clip(decision.file, 4_096) }),
      ...(decision.line === undefined ? {} : { line: decision.line }),
      ...(decision.column === undefined ? {} : { column: decision.column }),
      verdict: decision.verdict,
      ...done,
      severity: decision.severity,
      ...(decision.message === undefined ? {} : { message: clip(clean.text(decision.message), 8_000) }),
      ...clean.details(decision.details),
      ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
    });
    this.#index += 1;
  }

  /** What a report says may make a record that none can be; then it is an error of the same policy and place, and not lost. */
  #put(record: UnnumberedRecord): void {
    try {
      parseDraft(record);
      encodeRecord(record as RecordDraft);
      this.waiting.push(record);
    } catch (cause) {
      if (!isExhibitError(cause) || record.record_type !== 'decision') throw cause;
      const { details: _, message: _message, subject_name: _name, file: _file, ...rest } = record;
      this.#problems.push({ type: 'problem', message: cause.message });
      this.#counts[record.verdict ?? 'error'] -= 1;
      this.#counts.error += 1;
      this.waiting.push({
        ...rest,
        verdict: 'error',
        disposition: 'observed',
        subject_id: plainName(rest.subject_id ?? 'unnamed'),
        message: `a result cannot be recorded: ${clip(cause.message, 1_000)}`,
      });
    }
  }

  #runRecord(): UnnumberedRecord {
    const { invocation, failOn, report, kept } = this.#options;
    const { population, note } = this.#facts;
    return {
      ...this.#base(),
      observed_at: this.#time(),
      record_id: this.#recordId('run'),
      record_type: 'run',
      run_total: this.#index,
      ...(kept === undefined ? {} : { input_ref: kept }),
      ...this.#clean.details({
        counts: this.#counts,
        report: clip(report, 1_024),
        // Where only failures are listed, nobody can tell from this run what passed.
        population:
          population ??
          (this.#options.source.population === 'varies' ? 'unknown' : this.#options.source.population),
        ...(this.#scanned === undefined ? {} : { scanned: this.#scanned }),
        ...(Object.keys(this.#stated).length === 0 ? {} : { stated: this.#stated }),
        suppressed: this.#suppressed,
        problems: this.#problems.length,
        unmapped: this.#unmapped.size,
        report_kept: kept !== undefined,
        ...(note === undefined ? {} : { note }),
        ...(failOn === undefined ? {} : { fail_on: failOn }),
        ...(invocation === undefined ? {} : { invocation }),
      }),
    };
  }

  #base() {
    const { source, emitter, raw_digest, bundle, attribution } = this.#options;
    const version = this.#facts.tool_version;
    return {
      schema: SCHEMA as typeof SCHEMA,
      emitter: clip(emitter, 256),
      layer: this.#layer(),
      tool: plainName(this.#facts.tool ?? source.tool),
      ...(version === undefined || version === '' ? {} : { tool_version: clip(version, 256) }),
      format: source.id,
      raw_digest,
      run_id: this.#id(),
      ...(bundle === undefined
        ? {}
        : {
            policy_revision: bundle.revision,
            bundle_digest: bundle.digest,
            control_map_digest: bundle.control_map_digest,
          }),
      ...attribution,
    };
  }

  #layer(): Layer {
    return this.#options.layer ?? this.#options.source.layer;
  }

  /** When the tool ended, by its own word; else the time of reading. */
  #time(): string {
    const { now, written } = this.#options;
    return this.#facts.ended ?? this.#facts.started ?? formatInstant(Math.min(now, written ?? now));
  }

  /** The same report in the same run is the same run. Asked first after the first facts were read. */
  #id(): string {
    if (this.#run_id !== undefined) return this.#run_id;
    const { run, raw_digest, emitter, source, now, random } = this.#options;
    const key = run ?? this.#facts.ended ?? this.#facts.started;
    this.#run_id =
      key === undefined
        ? uuidv7(now, random)
        : derivedId('report', canonicalize([source.id, emitter, raw_digest, key]), sha256);
    return this.#run_id;
  }

  /** By the run and the place in it: what a later run says again of the same finding is said again. */
  #recordId(place: 'run' | number): string {
    return derivedId('result-of-run', canonicalize([this.#id(), place]), sha256);
  }
}

interface Decided {
  policy_id: string;
  rule_id: string;
  subject: { type: string; id: string; name?: string };
  verdict: Verdict;
  severity: Severity;
  message: string | undefined;
  details: Record<string, unknown>;
  file?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  environment?: string | undefined;
  time: string | undefined;
  disposition?: Outcome['disposition'];
  layer?: Layer | undefined;
  tool?: string | undefined;
  actor?: string | undefined;
}

/** What the caller does about it: blocks from its threshold on, warns below it; without a threshold it only looks. */
function modeOf({ verdict, severity }: Decided, failOn: IngestOptions['failOn']): Mode {
  if (failOn === undefined || failOn === 'none') return 'observe';
  if (failOn === 'any' || verdict !== 'fail') return 'enforce';
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn) ? 'enforce' : 'warn';
}

type Stated = { -readonly [K in 'pass' | 'fail' | 'suppressed']?: number };
