import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { askedBy } from './asked.ts';
import type { Expectation } from './expectation.ts';
import type { AuditWrite } from './write.ts';

/** A change of the webhook's own configuration in the cluster. */
export interface ConfigurationChange {
  /** same: it asks about what it is meant to; changed: about something else, or the log does not say. */
  kind: 'created' | 'same' | 'changed' | 'removed';
  /** Whether the log says what stands there now. */
  stated: boolean;
  /** What differs from what is meant to be there, or that the log does not say. */
  differs: string[];
  write: AuditWrite;
}
export type Change = ConfigurationChange;

/** Changes of the configuration, in the order of writes. Those that were refused or only tried changed nothing. */
export function changesOf(writes: readonly AuditWrite[], expected: Expectation): Change[] {
  return writes
    .filter(({ refused, dry_run }) => refused !== true && dry_run !== true)
    .filter(
      ({ group, resource, subresource }) =>
        group === 'admissionregistration.k8s.io' &&
        resource === 'validatingwebhookconfigurations' &&
        subresource === undefined,
    )
    .filter(
      ({ name, verb }) =>
        name === expected.configuration || (verb === 'deletecollection' && name === undefined),
    )
    .map((write) => changeOf(write, expected));
}

/** Whether something was done to the configuration that nobody granted: it was removed, or asks about something else. */
export function isBypass({ kind, differs, stated }: Change): boolean {
  // What was made, and not shown, is taken for what is meant; what was changed is not.
  return kind === 'removed' || kind === 'changed' || (stated && differs.length > 0);
}

/** The last change before a write. @param changes sorted */
export function lastBefore(changes: readonly Change[], { time }: AuditWrite): Change | undefined {
  return changes.findLast(({ write }) => write.time <= time);
}

const list = z.array(z.looseObject({ name: z.string() }));

function changeOf(write: AuditWrite, expected: Expectation): Change {
  if (write.operation === 'DELETE') return { kind: 'removed', stated: true, differs: [], write };
  const parsed = list.safeParse(write.webhooks);
  const stated = parsed.success;
  const differs = stated ? differences(parsed.data, expected) : [UNSTATED];
  if (write.operation === 'CREATE') return { kind: 'created', stated, differs, write };
  return { kind: differs.length === 0 ? 'same' : 'changed', stated, differs, write };
}

const UNSTATED = 'what was changed is not in the audit log, whose level here is below RequestResponse';

function differences(webhooks: z.infer<typeof list>, expected: Expectation): string[] {
  const own = webhooks.find(({ name }) => name === expected.webhook);
  if (own === undefined) return [`it has no webhook ${expected.webhook}`];
  const asked = askedBy(own);
  return Object.entries(expected.asked)
    .filter(([key, value]) => !isDeepStrictEqual(value, asked[key]))
    .map(([key]) => `${key} is not the one that is meant`);
}
