import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ExhibitError } from '../../record/index.ts';
import { httpSink, openSpool } from '../../spool/index.ts';
import type { Metrics } from '../metrics.ts';
import type { ServerOptions } from '../options.ts';
import { isElsewhere, type SpoolSetting } from '../spool-settings.ts';
import type { Evidence } from './evidence.ts';
import { SpoolStore, tellOfSpool } from './spool-store.ts';
import { Store, sealFailed } from './store.ts';

/** The ledger, or where another server has that, the spool on the way to it. */
export async function openEvidence(options: ServerOptions, metrics: Metrics): Promise<Evidence> {
  const { settings, clock, random, log } = options;
  const emitter = settings.emitter ?? `exhibit@${hostname()}`;
  const { spool } = settings;
  if (isElsewhere(settings) && spool !== undefined) {
    const sink = httpSink({
      url: new URL(settings.evidence),
      token: () => tokenOf(spool, options.token),
      ...(spool.ca === undefined ? {} : { ca: spool.ca }),
    });
    const { folder, bytes, send_milliseconds: every } = spool;
    const onEvent = tellOfSpool(log, metrics);
    const { onSpoolStep: onStep } = options;
    return new SpoolStore(
      await openSpool({
        folder,
        emitter,
        bytes,
        clock,
        random,
        sink,
        every,
        onEvent,
        ...(onStep === undefined ? {} : { onStep }),
      }),
      metrics,
      clock,
    );
  }
  const failed = sealFailed(log, metrics);
  let store: Store | undefined;
  // What is acknowledged goes on without a signer; that nothing is published meanwhile is seen here.
  let failing = false;
  metrics.gauge('seal_failing', () => (failing ? 1 : 0));
  const ledger = await options.openLedger({
    every: settings.seal_milliseconds,
    onSeal: (sealed) => {
      failing = false;
      store?.sealed(sealed);
    },
    onError: (error) => {
      failing = true;
      failed(error);
    },
  });
  try {
    const { size } = await ledger.checkpoint();
    store = new Store(emitter, ledger, size, metrics, settings.limits.unsealed_records);
    return store;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/** @throws ExhibitError CONFIG_INVALID where there is none */
function tokenOf({ token_file }: SpoolSetting, given: string | undefined): string {
  if (token_file === undefined) {
    if (given !== undefined && given !== '') return given;
    throw new ExhibitError('CONFIG_INVALID', 'there is nothing to show to the evidence server', {
      hint: 'Set spool.token_file, or EXHIBIT_TOKEN.',
    });
  }
  try {
    return readFileSync(token_file, 'utf8').trim();
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read the token ${token_file}`, {
      cause,
      location: { file: token_file },
    });
  }
}
