import { z } from 'zod';
import type { JsonPatch, JsonPatchStep } from '../../../kubernetes/index.ts';
import { KEPT_BY, WEBHOOK } from '../../admission/webhook.ts';
import { MOST, mergeCaBundle } from './ca-bundle.ts';

export type Looked =
  /** It is left as it is. */
  | { kind: 'refused'; why: string }
  | {
      kind: 'ours';
      /** Fingerprints of the authorities that each of our webhooks in it trusts. */
      carried: ReadonlySet<string>;
      /** Undefined where it says all that it should. */
      patch: JsonPatch | undefined;
    };

const text = z.string();
const names = z.record(text, text).nullish();
const configurationSchema = z.looseObject({
  kind: z.literal('ValidatingWebhookConfiguration'),
  metadata: z.looseObject({ uid: text, resourceVersion: text, labels: names, annotations: names }),
  webhooks: z
    .array(z.looseObject({ name: text, clientConfig: z.looseObject({ caBundle: text.nullish() }) }))
    .nullish(),
});

/**
 * What is to be changed in a configuration so that the API server trusts these authorities. Nothing but caBundle of our own webhook, and
 * nothing of a configuration that is not marked as ours: the patch holds for the very version that was looked at.
 * @param object what the API server gave
 * @param own PEM of the authorities
 */
export function lookAt(object: unknown, own: readonly string[], now: number): Looked {
  const read = configurationSchema.safeParse(object);
  if (!read.success) return refused('it is no ValidatingWebhookConfiguration');
  const { metadata, webhooks } = read.data;
  const marks = { ...metadata.labels, ...metadata.annotations };
  if (marks['app.kubernetes.io/name'] !== 'exhibit')
    return refused('it has no label app.kubernetes.io/name: exhibit');
  if (marks[KEPT_BY.name] !== KEPT_BY.value)
    return refused(`it has no annotation ${KEPT_BY.name}: ${KEPT_BY.value}`);
  const other = Object.keys(metadata.annotations ?? {}).find((name) =>
    name.startsWith('cert-manager.io/inject-'),
  );
  if (other !== undefined) return refused(`cert-manager keeps its caBundle (${other})`);
  const steps: JsonPatchStep[] = [];
  const all: ReadonlySet<string>[] = [];
  for (const [at, { name, clientConfig }] of (webhooks ?? []).entries()) {
    if (name !== WEBHOOK) continue;
    const merged = mergeCaBundle(clientConfig.caBundle ?? undefined, own, now);
    if (merged === undefined) return refused(`its caBundle would have more than ${MOST} certificates`);
    all.push(merged.carried);
    if (merged.wanted !== undefined)
      steps.push({ op: 'add', path: `/webhooks/${at}/clientConfig/caBundle`, value: merged.wanted });
  }
  const [first = new Set<string>(), ...rest] = all;
  if (all.length === 0) return refused(`it has no webhook ${WEBHOOK}`);
  const carried = new Set([...first].filter((one) => rest.every((set) => set.has(one))));
  const tests: JsonPatchStep[] = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
  ];
  return { kind: 'ours', carried, patch: steps.length === 0 ? undefined : [...tests, ...steps] };
}

function refused(why: string): Looked {
  return { kind: 'refused', why };
}
