import { placed, type UnnumberedRecord } from '../../engine/index.ts';
import type { KubernetesObject } from '../../kubernetes/index.ts';
import { type Bundle, digestOf } from '../../policy/index.ts';
import type { Clock, RandomBytes } from '../../record/index.ts';
import { ingest, openText, sourceOf } from '../../sources/index.ts';
import type { ReportKind } from './kinds.ts';

export interface ReportContext {
  emitter: string;
  bundle?: Bundle;
  environment?: string;
  cluster?: string;
  /** A salted reference of a name that a report holds. */
  reference(name: string): string | undefined;
  clock: Clock;
  random: RandomBytes;
}

/**
 * The records of one report object, as `exhibit ingest` makes them of a file with it. One state of an object makes the same records, however
 * often it is read.
 * @param object by another engine; names and messages in it come from whoever made what it judged
 */
export async function recordsOfReport(
  { resource, format }: ReportKind,
  object: KubernetesObject,
  { bundle, emitter, environment, cluster, reference, clock, random }: ReportContext,
): Promise<UnnumberedRecord[]> {
  const { uid, resourceVersion, namespace, name } = object.metadata;
  const bytes = Buffer.from(JSON.stringify(object));
  const path = [resource.kind, namespace, name].filter(Boolean).join('/');
  const source = sourceOf(format);
  const { report } = await openText(bytes, path);
  const batches = ingest(source.read(report), {
    source,
    report: path,
    raw_digest: digestOf(bytes),
    ...(bundle === undefined ? {} : { bundle }),
    emitter,
    ...(environment === undefined ? {} : { environment }),
    attribution: {},
    reference,
    now: clock(),
    random,
    run: `${uid}/${resourceVersion}`,
  });
  const records: UnnumberedRecord[] = [];
  for await (const some of batches) records.push(...some);
  return records.map((record) => placed(record, { cluster }));
}
