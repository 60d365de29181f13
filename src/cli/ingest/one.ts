import { hostname } from 'node:os';
import { type Bundle, digestOf } from '../../policy/index.ts';
import type { Layer } from '../../record/index.ts';
import {
  type Detected,
  detectSource,
  holdYoungSpace,
  type Ingested,
  type Item,
  ingest,
  type Opened,
  type Problem,
  type Source,
  sourceOf,
  withoutSecrets,
} from '../../sources/index.ts';
import type { Context } from '../context.ts';
import { attribution, gitIn, repositoryName } from '../evidence/attribution.ts';
import type { FailOn } from '../report/report.ts';
import { progress } from '../terminal/progress.ts';
import type { Target } from './target.ts';

/** A report that is open, with its digest. */
export interface Given extends Opened {
  name: string;
  digest: `sha256:${string}`;
  bytes: number;
  /** When the report was written, in Unix milliseconds. */
  written?: number;
}

export interface HowToIngest {
  /** `auto`, or a format's id. */
  format: string;
  /** Instead of a registered format. */
  source?: Source;
  /** What the report says, where it was read already. */
  items?: readonly Item[];
  /** What is known of the tool before its report is read. */
  tool?: { version?: string };
  bundle?: Bundle;
  layer?: Layer;
  emitter?: string;
  environment?: string;
  failOn?: FailOn;
  /** What makes this run itself; see IngestOptions.run. */
  run?: string;
  keep: boolean;
  quiet: boolean;
  invocation?: Record<string, unknown>;
  problems?: readonly Problem[];
}

export interface ReportResult extends Ingested {
  report: string;
  source: Source;
  why: string;
  also: string[];
}

/**
 * Records one report.
 * @throws ExhibitError INPUT_FORMAT where no format takes it, NOT_FOUND for an unknown format, and what the target throws
 */
export async function ingestOne(
  given: Given,
  how: HowToIngest,
  target: Target,
  context: Context,
): Promise<ReportResult> {
  const { source, why, also }: Detected =
    how.source !== undefined
      ? { source: how.source, why: 'there is no report', also: [] }
      : how.format === 'auto'
        ? detectSource(given.sample)
        : { source: sourceOf(how.format), why: 'it was named', also: [] };
  const copy = how.keep ? await withoutSecrets(given.report, given.bytes) : undefined;
  if (copy !== undefined) await target.blob(copy);
  const git = gitIn(context.cwd);
  const { person, ...change } = attribution(context.env, git);
  const actor = person === undefined ? undefined : target.reference(person);
  const repository = repositoryName(context.env, git);
  const emitter = how.emitter ?? `${source.tool}@${hostname()}`;
  const run = how.run ?? change.change;
  const batches = ingest(knowing(how.tool, how.items ?? source.read(given.report)), {
    source,
    report: given.name,
    raw_digest: given.digest,
    ...(copy === undefined ? {} : { kept: digestOf(copy) }),
    ...(how.bundle === undefined ? {} : { bundle: how.bundle }),
    ...(how.layer === undefined ? {} : { layer: how.layer }),
    emitter,
    ...(how.environment === undefined ? {} : { environment: how.environment }),
    ...(repository === undefined ? {} : { repository }),
    attribution: { ...change, ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }) },
    reference: (name) => target.reference(name),
    ...(how.failOn === undefined ? {} : { failOn: how.failOn }),
    ...(run === undefined ? {} : { run }),
    ...(how.invocation === undefined ? {} : { invocation: how.invocation }),
    ...(how.problems === undefined ? {} : { problems: how.problems }),
    now: context.clock(),
    ...(given.written === undefined ? {} : { written: given.written }),
    random: context.random,
  });
  const bar = progress(`records of ${given.name}`, context.stderr, context.clock);
  let done = 0;
  for (;;) {
    const step = await batches.next();
    if (step.done === true) {
      bar.end();
      return { ...step.value, report: given.name, source, why, also: also.map(({ id }) => id) };
    }
    await target.append(step.value);
    holdYoungSpace();
    done += step.value.length;
    if (!how.quiet) bar.update(done);
  }
}

/** What the caller knows comes first, so that the report's own word wins. */
async function* knowing(
  tool: HowToIngest['tool'],
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item> {
  if (tool?.version !== undefined) yield { type: 'run', tool_version: tool.version };
  yield* items;
}
