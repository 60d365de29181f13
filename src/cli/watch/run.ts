import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type ClusterAccess, Connection } from '../../kubernetes/index.ts';
import { openReader } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { jsonLog } from '../../server/index.ts';
import { REPORT_RESOURCES, Watcher, type WatcherOptions } from '../../watch/index.ts';
import { openBundle } from '../check/bundle.ts';
import type { BundleState } from '../check/bundle-state.ts';
import type { Config } from '../config/config.ts';
import { stateFolder } from '../config/state.ts';
import type { Context } from '../context.ts';
import { keepBundleStates, recordBundleStates } from '../evidence/bundle-state.ts';
import { isServer } from '../evidence/remote.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { roleManifest } from '../role.ts';
import { stopSignal } from '../stop-signal.ts';
import { VERSION } from '../version.ts';
import { accessOf, configOf } from './access.ts';
import { earlierAt, earlierIn } from './earlier.ts';
import { keepHeapSmall } from './heap.ts';
import { mirrored, mirrorOf } from './mirror.ts';
import { kindsOf, milliseconds, type WatchFlags } from './options.ts';
import { pieces } from './random.ts';
import { watchRules } from './rights.ts';
import { openSink } from './sink.ts';

/** How often the file of the bundle is looked at, in milliseconds. */
const LOOK = 10_000;

/** Judges what a cluster has, until the process is told to stop. @param stopped ends it; the signals of the process where it is not given */
export async function runWatch(
  flags: WatchFlags,
  context: Context,
  stopped: AbortSignal = stopSignal(),
): Promise<ExitCode> {
  const resources = kindsOf(flags);
  if (flags.printRole !== undefined) {
    const kinds = flags.reports === true ? REPORT_RESOURCES : resources;
    context.stdout.write(roleManifest(watchRules(kinds), flags.printRole));
    return EXIT.ok;
  }
  if (flags.reports === true) return (await import('./reports.ts')).collectReports(flags, context, stopped);
  keepHeapSmall();
  const cadence = milliseconds('--cadence', flags.cadence, 60);
  const heartbeat = milliseconds('--heartbeat', flags.heartbeat, 10);
  const log = jsonLog((line) => context.stderr.write(line), context.clock);
  const mirror = mirrorOf(flags, log, context);
  const copied = mirror === undefined ? flags : { ...flags, bundle: mirror.of.file, bundleKey: mirror.keys };
  const config = configOf(copied, context);
  const evidence = config.evidence?.value;
  if (evidence === undefined)
    throw new ExhibitError('USAGE', 'name where records go: what nobody keeps is no evidence', {
      hint: 'Example: exhibit watch --evidence evidence, or the URL of a server.',
    });
  const access = await accessOf(flags, context);
  const emitter = config.emitter?.value ?? `exhibit-watch@${flags.cluster ?? hostname()}`;
  const sink = await openSink(evidence, emitter, log, context);
  const connection = new Connection(access);
  try {
    const options: WatcherOptions = {
      ...{ connection, resources, sink, emitter, cadence, heartbeat, log },
      ...(flags.namespace.length === 0 ? {} : { namespaces: [...new Set(flags.namespace)] }),
      ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
      ...(flags.environment === undefined ? {} : { environment: flags.environment }),
      earlier:
        sink.ledger === undefined
          ? earlierAt(evidence, log, context)
          : earlierIn(() => openReader(resolve(context.cwd, evidence)), log),
      bundle: mirrored(mirror, bundleOf(config, evidence, emitter, sink.adopt, log, context), stopped),
      stateFile: stateFile(access, evidence, context),
      tool_version: VERSION,
      look: LOOK,
      clock: context.clock,
      random: pieces(context.random),
      signal: stopped,
    };
    const watcher = new Watcher(options);
    try {
      if (flags.once === true) {
        const { unavailable, error, not_evaluated } = await watcher.once();
        return unavailable.length + error + not_evaluated > 0 ? EXIT.incomplete : EXIT.ok;
      }
      await watcher.run();
      return EXIT.ok;
    } catch (error) {
      // What the stop cut off is no fault.
      if (stopped.aborted && (!isExhibitError(error) || error.code === 'CLUSTER_FAILED')) return EXIT.ok;
      throw error;
    } finally {
      await watcher.close();
    }
  } finally {
    connection.close();
    mirror?.of.close();
    await sink.close();
  }
}

/** What is known of a cluster's objects goes with where their records are: another ledger begins anew. */
function stateFile({ server }: ClusterAccess, evidence: string, context: Context): string {
  const place = isServer(evidence) ? new URL(evidence).href : resolve(context.cwd, evidence);
  const name = createHash('sha256').update(`${server.href}\n${place}`).digest('hex').slice(0, 24);
  return join(stateFolder(context.env), 'watch', `${name}.sqlite`);
}

/** The bundle that the settings name, as for `check`. What was wrong with it is recorded once. */
function bundleOf(
  config: Config,
  evidence: string,
  emitter: string,
  adopt: (bundle: Bundle) => Promise<void>,
  log: WatcherOptions['log'],
  context: Context,
): WatcherOptions['bundle'] {
  let digest: string | undefined;
  const told = new Set<string>();
  const tell = async (state: BundleState) => {
    const key = `${state.state} ${state.action} ${state.digest}`;
    if (told.has(key)) return;
    told.add(key);
    log('warn', 'the bundle is not as it should be', {
      state: state.state,
      action: state.action,
      why: state.message,
    });
    const target = { folder: evidence, layer: 'runtime' as const, emitter };
    if (isServer(evidence)) keepBundleStates([state], target, context);
    else await recordBundleStates([state], { ...target, folder: resolve(context.cwd, evidence) }, context);
  };
  return async () => {
    const { bundle, states } = await openBundle(config, context, {}, tell);
    for (const state of states) await tell(state);
    if (bundle.digest !== digest) await adopt(bundle);
    digest = bundle.digest;
    return bundle;
  };
}
