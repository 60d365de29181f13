import type { Define } from '../command.ts';
import { admission } from './admission.ts';
import { attest } from './attest.ts';
import { check } from './check.ts';
import { config } from './config.ts';
import { cost } from './cost.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { engagement } from './engagement.ts';
import { exportCommand } from './export.ts';
import { findings } from './findings.ts';
import { gaps } from './gaps.ts';
import { honest } from './honest-test.ts';
import { hook } from './hook.ts';
import { ingest } from './ingest.ts';
import { inventory } from './inventory.ts';
import { lake } from './lake.ts';
import { ledger } from './ledger.ts';
import { lsp } from './lsp.ts';
import { manual } from './manual.ts';
import { merges } from './merges.ts';
import { override } from './override.ts';
import { pack } from './pack.ts';
import { policy } from './policy.ts';
import { population } from './population.ts';
import { query } from './query.ts';
import { reconcile } from './reconcile.ts';
import { replay } from './replay.ts';
import { methodology, report } from './report.ts';
import { run } from './run.ts';
import { sample } from './sample.ts';
import { server } from './server.ts';
import { spool } from './spool.ts';
import { store } from './store.ts';
import { verify } from './verify.ts';
import { version } from './version.ts';
import { watch } from './watch.ts';
import { witness } from './witness.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Define[] = [
  policy,
  override,
  merges,
  check,
  attest,
  ingest,
  run,
  inventory,
  lsp,
  hook,
  spool,
  query,
  gaps,
  manual,
  population,
  sample,
  reconcile,
  honest,
  engagement,
  pack,
  replay,
  findings,
  report,
  methodology,
  exportCommand,
  ledger,
  lake,
  store,
  cost,
  verify,
  witness,
  server,
  admission,
  watch,
  doctor,
  config,
  demo,
  version,
];

/** Those that a hook or an editor waits for: called by name, they are made alone, since making all takes longer than a file. */
export const AWAITED: ReadonlyMap<string, Define> = new Map(Object.entries({ check, hook, version }));
