import { hostname } from 'node:os';
import { Connection } from '../../kubernetes/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { ExhibitError, isExhibitError, uuidv7 } from '../../record/index.ts';
import { jsonLog } from '../../server/index.ts';
import { ReportCollector } from '../../watch/index.ts';
import { openBundle } from '../check/bundle.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isServer } from '../evidence/remote.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openTarget, type Target } from '../ingest/target.ts';
import { accessOf, configOf } from './access.ts';
import { milliseconds, type WatchFlags } from './options.ts';

/** Milliseconds from one sealing or sending to the next. */
const KEEP = 2_000;
/** How often new kinds of reports are looked for, in milliseconds. */
const LOOK = 30_000;

/** Takes in the reports of other engines from a cluster, until the process is told to stop. */
export async function collectReports(
  flags: WatchFlags,
  context: Context,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const cadence = milliseconds('--cadence', flags.cadence, 60);
  const config = configOf(flags, context);
  const evidence = config.evidence?.value;
  if (evidence === undefined)
    throw new ExhibitError('USAGE', 'name where records go: what nobody keeps is no evidence', {
      hint: 'Example: exhibit watch --reports --evidence evidence, or the URL of a server.',
    });
  const log = jsonLog((line) => context.stderr.write(line), context.clock);
  const bundle = await bundleOf(config, context);
  if (bundle === undefined) log('warn', 'no bundle: no control is linked, and no override holds', {});
  const access = await accessOf(flags, context);
  const target = await openTarget(evidence, bundle, uuidv7(context.clock(), context.random), context);
  const connection = new Connection(access);
  const keeper = new Keeper(target, isServer(evidence), log);
  try {
    const collector = new ReportCollector({
      connection,
      emitter: config.emitter?.value ?? `exhibit-reports@${flags.cluster ?? hostname()}`,
      ...(bundle === undefined ? {} : { bundle }),
      ...(flags.environment === undefined ? {} : { environment: flags.environment }),
      ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
      reference: (name) => target.reference(name),
      clock: context.clock,
      random: context.random,
      put: (records) => target.append(records),
      cadence,
      look: LOOK,
      log,
      signal: stopped,
    });
    if (flags.once !== true) {
      await collector.run();
      return EXIT.ok;
    }
    const { kinds, reports, failed } = await collector.once();
    log('info', 'reports collected', { kinds, reports, failed });
    // A cluster without any kind of report told nothing, which is no pass.
    return kinds.length === 0 || failed.length > 0 ? EXIT.incomplete : EXIT.ok;
  } finally {
    await keeper.close();
    connection.close();
    await target.close();
  }
}

/** Other engines judged already: where no bundle is named, and none is there, their word is taken all the same. */
async function bundleOf(config: Config, context: Context): Promise<Bundle | undefined> {
  try {
    return (await openBundle(config, context)).bundle;
  } catch (error) {
    if (isExhibitError(error, 'NOT_FOUND') && config.bundle === undefined) return undefined;
    throw error;
  }
}

/** Seals, or sends what waits, from time to time. A server that is away holds nothing up: what was put is on this disk. */
class Keeper {
  readonly #target: Target;
  readonly #remote: boolean;
  readonly #log: ReturnType<typeof jsonLog>;
  readonly #timer: NodeJS.Timeout;
  #under: Promise<void> = Promise.resolve();

  constructor(target: Target, remote: boolean, log: ReturnType<typeof jsonLog>) {
    this.#target = target;
    this.#remote = remote;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#under = this.#under.then(() => this.#keep());
    }, KEEP);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#under;
    await this.#keep();
  }

  async #keep(): Promise<void> {
    try {
      await this.#target.end();
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      const what = this.#remote ? 'records wait in the spool' : 'seal failed';
      this.#log('warn', what, { code: error.code, why: error.message });
    }
  }
}
