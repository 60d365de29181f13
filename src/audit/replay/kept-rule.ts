import { type PolicyVersion, versionsUpTo } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { type EvidenceRecord, isDigest, parseRecord } from '../../record/index.ts';
import { type RuleText, ruleText } from './rule-text.ts';
import { storedBundle } from './stored-bundle.ts';

/** By the digest of a bundle: indexes of the records that announce it, the newest first. One for each signature that it had. */
export type BundleIndexes = Readonly<Record<string, readonly number[]>>;

/** Which records announce bundles; of the manifests of closed days, and of what was recorded since. */
export async function bundleIndexes(reader: LogReader): Promise<BundleIndexes> {
  const { size } = await reader.checkpoint();
  const versions = (await versionsUpTo(reader, size)).toReversed();
  const found = Map.groupBy(versions, ({ bundle_digest }: PolicyVersion) => bundle_digest);
  return Object.fromEntries(
    [...found].map(([digest, own]) => [digest, own.map(({ log_index }) => log_index)]),
  );
}

/**
 * Text of the rule that made a decision, of the bundle that its record names, whole and with that digest.
 * @returns why it cannot be shown where the evidence does not keep it
 * @throws ExhibitError BLOB_DIGEST where a file of it was exchanged
 */
export async function keptRule(
  reader: LogReader,
  { bundle_digest, policy_id }: Pick<EvidenceRecord, 'bundle_digest' | 'policy_id'>,
  bundles: BundleIndexes,
): Promise<RuleText[] | { why: string }> {
  if (bundle_digest === undefined || policy_id === undefined)
    return { why: 'No bundle of this log judged it: the rule is of the tool that sent the record.' };
  const announced = Object.hasOwn(bundles, bundle_digest) ? bundles[bundle_digest] : undefined;
  for (const index of announced ?? []) {
    const { details } = parseRecord((await reader.entry(index)).bytes);
    const files = details?.files_digest;
    if (typeof files !== 'string' || !isDigest(files)) continue;
    const bundle = await storedBundle(reader, bundle_digest, files);
    const rule = bundle === undefined ? [] : ruleText(bundle, policy_id);
    if (rule.length > 0) return rule;
  }
  return {
    why:
      announced === undefined
        ? `No record of the log announces the bundle ${bundle_digest}, so its rule is not kept here.`
        : `The log names the bundle ${bundle_digest}, and its files are not all kept here.`,
  };
}
