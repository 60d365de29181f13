import { bundleRecords } from '../../engine/index.ts';
import { type ExhibitError, redactText } from '../../record/index.ts';
import type { App } from '../app.ts';
import { ownRecord } from '../own-record.ts';
import type { ServedBundle } from './source.ts';

/** The records that say which policies are in force, and that this server serves them from now on. */
export async function recordBundle({ name, bundle }: ServedBundle, app: App): Promise<void> {
  // Which policies are in force, a server with a ledger knows from the bundle that it serves itself.
  if (app.store.ledger !== undefined) {
    const { records, blobs } = bundleRecords(bundle);
    await app.store.putBlobs(blobs.values());
    await app.store.append(records);
  }
  await state(app, `serves the bundle ${name}`, {
    policy_revision: bundle.revision,
    bundle_digest: bundle.digest,
    details: { bundle: name, state: 'serving' },
  });
}

/** A bundle that cannot be verified is not used, and that is itself a record. */
export async function recordRefusal(name: string, error: ExhibitError, app: App): Promise<void> {
  const message = redactText(error.message).slice(0, MOST_MESSAGE).toWellFormed();
  await state(app, message, { details: { bundle: name, state: 'refused', code: error.code } });
}

const MOST_MESSAGE = 2_000;

async function state(
  app: App,
  message: string,
  fields: { policy_revision?: string; bundle_digest?: `sha256:${string}`; details: Record<string, string> },
): Promise<void> {
  await app.store.appendOwn([{ ...ownRecord('bundle_state', app), layer: 'runtime', message, ...fields }]);
}
