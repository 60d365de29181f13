import { resolve } from 'node:path';
import { createEngine, type Decision, judgeAll } from '../../engine/index.ts';
import { countInputs, type InputDocument, type InputFile, readInputs } from '../../inputs/index.ts';
import { readInstant } from '../../policy/index.ts';
import { ExhibitError, formatInstant, type Layer, plural } from '../../record/index.ts';
import type { AttestRequest } from '../attest/attest-run.ts';
import { type Config, refuseOwnRules } from '../config/config.ts';
import type { Context } from '../context.ts';
import { originOf, repositoryName } from '../evidence/attribution.ts';
import type { LinkRecords, RunToRecord } from '../evidence/record-run.ts';
import { exitOfError } from '../exit.ts';
import type { CheckReport, FailOn } from '../report/report.ts';
import { progress } from '../terminal/progress.ts';
import { sentence } from '../terminal/table.ts';
import { type Accepted, openBundle } from './bundle.ts';
import type { BundleState } from './bundle-state.ts';
import { type GateOptions, openGate } from './gate.ts';
import { refuseAbsent } from './named.ts';

export interface CheckOptions extends GateOptions {
  /** As the user wrote it: RFC 3339; undefined is now. */
  effectiveTime?: string | undefined;
  /** What is taken though it is not as it was here before. */
  accepted?: Accepted;
  /** No progress line. */
  quiet: boolean;
  /** Sign a summary of the run, should it pass. */
  attest?: AttestRequest | undefined;
  /** Where the paths start, if that is not the working folder: a hook judges a copy of what is staged. */
  folder?: string;
  /** Instead of that of the settings. */
  layer?: Layer;
  /** Environment of what is judged, for subjects that state none. */
  environment?: string;
  /** What is judged, instead of files below the paths. */
  files?: AsyncIterable<InputFile> | Iterable<InputFile>;
  /** What else is to be recorded of the run; asked when all is judged. */
  also?: () => Promise<Decision[]>;
  /** Adds to the records what the evidence folder says of their subjects. */
  link?: LinkRecords;
  /** Shows what was found where it could not be recorded: the error that follows says nothing of it. */
  unrecorded?: (report: CheckReport) => void;
}

/**
 * Judges files and folders with a verified bundle and, where an evidence folder is set, records every verdict.
 * @throws ExhibitError when nothing could be judged at all: wrong settings, a bundle that does not verify, no evidence folder
 */
export async function runCheck(
  paths: readonly string[],
  config: Config,
  options: CheckOptions,
  context: Context,
): Promise<CheckReport> {
  const folder = options.folder ?? context.cwd;
  refuseAbsent(paths, folder);
  refuseOwnRules(config, context);
  refuseOwnServer(config);
  const layer: Layer = options.layer ?? config.layer?.value ?? 'ci';
  const failOn: FailOn = config.fail_on?.value ?? (layer === 'pre-commit' ? 'any' : 'high');
  const effectiveTime = parseEffectiveTime(options.effectiveTime);
  const now = effectiveTime ?? context.clock();
  const gate = openGate(options, config, context);
  const origin = originOf(context.env, context.cwd);
  const { bundle, states, stale } = await openBundle(config, context, options.accepted, async (state) => {
    if (config.evidence !== undefined) await recordStates([state], layer, config, context);
  });
  for (const { message } of states) context.stderr.write(sentence(`warning: ${message}`, context.stderr));
  const engine = await createEngine(bundle, { clock: () => now });
  try {
    const remote = await origin;
    const repository = repositoryName(context.env, () => remote);
    const bar = progress('judging files', context.stderr, context.clock);
    const shown = !options.quiet && context.stderr.isTTY;
    const total = shown ? countInputs(paths, folder) : 0;
    const limits =
      config.max_input_size === undefined ? {} : { limits: { fileBytes: config.max_input_size.value } };
    const passedOver: string[] = [];
    const repeated: string[] = [];
    const files =
      options.files ??
      readInputs([...paths], {
        cwd: folder,
        ...limits,
        env: context.env,
        helmValues: config.helm_values?.value ?? [],
        onIgnored: (file) => passedOver.push(file),
        onRepeated: (file) => repeated.push(file),
      });
    const simulated = effectiveTime !== undefined;
    const documents: InputDocument[] = [];
    const read =
      options.attest === undefined ? files : each(files, (file) => documents.push(...file.documents));
    const found = await judgeAll(
      engine,
      shown ? counted(read, (n) => bar.update(n + passedOver.length + repeated.length, total)) : read,
      {
        bundle,
        layer,
        now,
        failOn,
        simulated,
        ...(repository === undefined ? {} : { repository }),
        ...(options.environment === undefined ? {} : { environment: options.environment }),
        ...(stale === undefined ? {} : { stale }),
      },
    );
    bar.end();
    const also = (await options.also?.()) ?? [];
    found.decisions.push(...also);
    for (const { verdict } of also) found.counts[verdict] += 1;
    if (!options.quiet && passedOver.length > 0)
      context.stderr.write(sentence(passedOverText(passedOver), context.stderr));
    if (!options.quiet && repeated.length > 0)
      context.stderr.write(
        sentence(
          `given more than once, judged once: ${plural(new Set(repeated).size, 'file')}: ${listed([...new Set(repeated)])}`,
          context.stderr,
        ),
      );
    const { judged, report, gaps } = await gate.conclude(found, bundle, {
      layer,
      failOn,
      ...(repository === undefined ? {} : { repository }),
      effectiveTime: effectiveTime === undefined ? null : formatInstant(effectiveTime),
      ...(stale === undefined ? {} : { stale }),
    });
    const attest =
      options.attest === undefined
        ? undefined
        : (await import('../attest/attest-run.ts')).attestRun(
            options.attest,
            { judged, documents, bundle, report, states, repository },
            context,
          );
    if (config.evidence !== undefined) {
      const evidence = config.evidence.value;
      try {
        await recordStates(states, layer, config, context);
        await record(
          evidence,
          {
            judged,
            bundle,
            layer,
            simulated,
            emitter: config.emitter?.value,
            gaps,
            ...(options.link === undefined ? {} : { link: options.link }),
            ...(attest === undefined ? {} : { attestation: attest }),
          },
          context,
        );
      } catch (error) {
        options.unrecorded?.(unrecorded(report, error));
        throw error;
      }
    }
    // After its record: a summary that nobody recorded must not be out there.
    attest?.write();
    return report;
  } finally {
    await engine.close();
  }
}

/** The report of a run that the error ends. It must not say that nothing blocks. */
function unrecorded(report: CheckReport, error: unknown): CheckReport {
  const why = error instanceof Error ? error.message : String(error);
  return {
    ...report,
    exit_code: exitOfError(error),
    reason: `${report.reason}, but not all is recorded: ${why}`,
  };
}

/** What was wrong with the bundle is recorded before anything that was judged. */
async function recordStates(
  states: readonly BundleState[],
  layer: Layer,
  config: Config,
  context: Context,
): Promise<void> {
  if (states.length === 0 || config.evidence === undefined) return;
  const [{ keepBundleStates, recordBundleStates }, { isServer }] = await Promise.all([
    import('../evidence/bundle-state.ts'),
    import('../evidence/remote.ts'),
  ]);
  const evidence = config.evidence.value;
  const target = { layer, emitter: config.emitter?.value };
  // A server gets them with the run that follows.
  if (isServer(evidence)) keepBundleStates(states, { ...target, folder: evidence }, context);
  else await recordBundleStates(states, { ...target, folder: resolve(context.cwd, evidence) }, context);
}

/**
 * Records a run in a folder or at a server. At pre-commit nobody waits for a server: the run waits in the spool. In CI a server that
 * cannot be reached stops the run, because the machine and its spool go away.
 */
async function record(evidence: string, run: Omit<RunToRecord, 'folder'>, context: Context): Promise<void> {
  const [{ recordRun, sendRun }, { isServer }] = await Promise.all([
    import('../evidence/record-run.ts'),
    import('../evidence/remote.ts'),
  ]);
  if (!isServer(evidence)) {
    const folder = resolve(context.cwd, evidence);
    const { records, sealed } = await recordRun({ ...run, folder }, context);
    context.stderr.write(
      sentence(
        `recorded ${records} records in ${evidence}: log size ${sealed.size}, root ${sealed.root.slice(0, 12)}...`,
        context.stderr,
      ),
    );
    return;
  }
  const { runs, records, waiting } = await sendRun({ ...run, folder: evidence }, context);
  const text =
    waiting === 0
      ? `recorded ${records} records of ${runs} runs at ${evidence}`
      : `${waiting === 1 ? '1 run waits' : `${waiting} runs wait`} in the spool for ${evidence}; exhibit spool send sends what waits`;
  context.stderr.write(sentence(text, context.stderr));
}

/** A file of what is judged must not say whom the token of this machine goes to. @throws ExhibitError CONFIG_INVALID */
function refuseOwnServer({ evidence }: Config): void {
  if (evidence?.origin !== 'file' || !/^https?:\/\//i.test(evidence.value)) return;
  throw new ExhibitError(
    'CONFIG_INVALID',
    'a server for the evidence must not come from a file of the checkout',
    {
      location: { file: evidence.from },
      hint: 'Set EXHIBIT_EVIDENCE, or give --evidence.',
    },
  );
}

const NAMED = 5;

/** What was not judged because of its name. Nothing is left out in silence, and nothing is listed without end. */
function passedOverText(files: readonly string[]): string {
  const noun = files.length === 1 ? 'file or folder' : 'files and folders';
  return `not judged, by name: ${files.length} ${noun}: ${listed(files)}. A file that is named is judged whatever it is called.`;
}

function listed(files: readonly string[]): string {
  const named = files.slice(0, NAMED);
  return `${named.join(', ')}${files.length > NAMED ? ` and ${files.length - NAMED} more` : ''}`;
}

async function* each<T>(items: AsyncIterable<T> | Iterable<T>, see: (item: T) => void): AsyncIterable<T> {
  for await (const item of items) {
    see(item);
    yield item;
  }
}

function counted<T>(items: AsyncIterable<T> | Iterable<T>, update: (done: number) => void): AsyncIterable<T> {
  let done = 0;
  return each(items, () => update(++done));
}

/** Unix milliseconds of RFC 3339 text with a zone; a time without one would mean another instant on another machine. */
export function parseEffectiveTime(text: string | undefined): number | undefined {
  if (text === undefined || text === 'now') return undefined;
  const time = /T/i.test(text) ? Date.parse(readInstant(text, '') ?? '') : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ExhibitError('USAGE', `--effective-time ${JSON.stringify(text)} is not an RFC 3339 time`, {
      hint: 'Example: --effective-time 2026-12-31T23:59:59Z',
    });
  }
  return time;
}
