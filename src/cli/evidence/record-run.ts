import { hostname } from 'node:os';
import {
  bundleRecords,
  type Judged,
  type RunAttribution,
  recordsOfRun,
  type UnnumberedRecord,
} from '../../engine/index.ts';
import type { Sealed } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import {
  type Digest,
  formatInstant,
  isExhibitError,
  type Layer,
  SCHEMA,
  uuidv7,
} from '../../record/index.ts';
import type { Context } from '../context.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { sentence } from '../terminal/table.ts';
import { VERSION } from '../version.ts';
import { actorReference } from './actors.ts';
import { attribution, gitIn } from './attribution.ts';
import { type Sent, sendSpool } from './remote.ts';
import { Spool } from './spool.ts';
import { hasToken } from './token.ts';

export interface RunToRecord {
  judged: Judged;
  bundle: Bundle;
  layer: Layer;
  simulated: boolean;
  /** Evidence folder, made by `exhibit ledger init`; or the URL of a server. */
  folder: string;
  emitter: string | undefined;
  /** What was signed about the run; it gets a record of its own behind the run's. */
  attestation?: RecordedAttestation;
  /** What was expected and did not happen, in words and numbers: a gap record each. */
  gaps?: readonly Gap[];
  /** Adds to the records what the log of the folder says of their subjects; not asked for at a server. */
  link?: LinkRecords;
}

/** @returns the records, in order */
export type LinkRecords = (
  records: readonly UnnumberedRecord[],
  blobs: ReadonlyMap<Digest, Uint8Array>,
  folder: string,
) => Promise<UnnumberedRecord[]>;

export interface Gap {
  layer: Layer;
  message: string;
  details: NonNullable<UnnumberedRecord['details']>;
}

export interface RecordedAttestation {
  run_id: string;
  /** The envelope that was signed; undefined where the run is not attested. */
  signed:
    | {
        digest: Digest;
        envelope: Uint8Array;
        message: string;
        details: NonNullable<UnnumberedRecord['details']>;
      }
    | undefined;
}

/**
 * Writes a run into the evidence folder: blobs first, then the records that name them, then a seal. When this returns,
 * every record is on disk. A seal that another process is making is left to that process.
 * @returns how many records the run made, and the log after the seal
 */
export async function recordRun(
  run: RunToRecord,
  context: Context,
): Promise<{ records: number; sealed: Sealed }> {
  const { random } = context;
  const ledger = await openWriter(run.folder, context);
  try {
    const { person, ...change } = attribution(context.env, gitIn(context.cwd));
    const actor =
      person === undefined
        ? {}
        : { actor: actorReference(run.folder, person, random), actor_verified_by: 'none' };
    const adopted = bundleRecords(run.bundle);
    const { emitter, records: made, blobs } = recordsOf(run, { ...change, ...actor }, context);
    const records = (await run.link?.(made, blobs, run.folder)) ?? made;
    for (const bytes of [...adopted.blobs.values(), ...blobs.values()]) await ledger.putBlob(bytes);
    await ledger.appendNumbered(adopted.records);
    await ledger.append(emitter, records);
    const sealed = await ledger.seal();
    await remember(ledger, context);
    return { records: records.length, sealed };
  } finally {
    await ledger.close();
  }
}

/**
 * Keeps a run on this machine and sends it, and what waited before it, to a server. The server says who sent it; which policies
 * were in force it knows from the bundle that it serves.
 * @throws ExhibitError SERVER_UNREACHABLE (the run waits in the spool), AUTH_..., RECORD_INVALID
 */
export async function sendRun(run: RunToRecord, context: Context): Promise<Sent & { waiting: number }> {
  const { person: _, ...change } = attribution(context.env, gitIn(context.cwd));
  const { run_id, records, blobs } = recordsOf(run, change, context);
  const spool = new Spool(run.folder, context.env);
  spool.put(run_id, records, blobs);
  if (run.layer !== 'pre-commit') return { ...(await sendSpool(run.folder, context)), waiting: 0 };
  return { ...(await sendShortly(run.folder, spool, context)), waiting: spool.count };
}

/** How long a commit may wait for a server, and how long a hook then does not ask one again that did not answer. */
const SHORT = 1_000;
const PAUSE = 5 * 60_000;

/** A commit does not wait: what cannot be sent at once waits in the spool, for a later run or `exhibit spool send`. */
async function sendShortly(url: string, spool: Spool, context: Context): Promise<Sent> {
  const none = { runs: 0, records: 0 };
  if (!hasToken(context.env) || context.clock() - spool.tried < PAUSE) return none;
  try {
    return await sendSpool(url, context, AbortSignal.timeout(SHORT));
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    spool.failed();
    context.stderr.write(sentence(`note: ${error.message}`, context.stderr));
    return none;
  }
}

function recordsOf(run: RunToRecord, attributed: RunAttribution, { clock, random }: Context) {
  const emitter = run.emitter ?? `exhibit@${hostname()}`;
  const run_id = run.attestation?.run_id ?? uuidv7(clock(), random);
  const made = recordsOfRun({
    ...run.judged,
    bundle: run.bundle,
    layer: run.layer,
    tool: 'exhibit',
    emitter,
    tool_version: VERSION,
    run_id,
    now: clock(),
    random,
    attribution: attributed,
    simulated: run.simulated,
  });
  const signed = run.attestation?.signed;
  if (signed !== undefined) {
    const { digest, envelope, message, details } = signed;
    made.blobs.set(digest, envelope);
    made.records.push({
      ...commonOf(made.records.at(-1)),
      record_id: uuidv7(clock(), random),
      record_type: 'attestation',
      message,
      details: { ...details, blob: digest },
    });
  }
  const gaps = (run.gaps ?? []).map(
    (gap): UnnumberedRecord => ({
      schema: SCHEMA,
      record_id: uuidv7(clock(), random),
      record_type: 'gap',
      observed_at: formatInstant(clock()),
      emitter,
      tool: 'exhibit',
      tool_version: VERSION,
      ...attributed,
      ...gap,
    }),
  );
  return { emitter, run_id, records: [...made.records, ...gaps], blobs: made.blobs };
}

/** What the record of a run says of where it came from: the same holds for what was signed about it. */
function commonOf(run: UnnumberedRecord | undefined): UnnumberedRecord {
  if (run === undefined) throw new TypeError('a run has its own record');
  const { details: _details, run_total: _total, engine: _engine, engine_version: _version, ...rest } = run;
  return rest;
}
