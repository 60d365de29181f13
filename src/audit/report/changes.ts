import { canonicalize } from '../../record/index.ts';
import type { PolicyChange } from './schema.ts';
import type { StatedPolicy, StatedVersion } from './versions.ts';

/**
 * What each version changed against the one before it of the same policy repository, in the order of the log. The first version of a
 * repository adds all that it has; signing the same bundle again changes nothing.
 * @param from RFC 3339; changes recorded before it are left out, and so are those from `before` on
 */
export function changesOf(versions: readonly StatedVersion[], from: string, before: string): PolicyChange[] {
  const last = new Map<string, StatedVersion>();
  const changes: PolicyChange[] = [];
  for (const version of versions) {
    const previous = last.get(version.lineage);
    last.set(version.lineage, version);
    if (version.recorded_at < from || version.recorded_at >= before) continue;
    if (previous?.bundle_digest !== version.bundle_digest) changes.push(...between(previous, version));
  }
  return changes;
}

function between(previous: StatedVersion | undefined, version: StatedVersion): PolicyChange[] {
  const { log_index, record_id, recorded_at, revision } = version;
  const ids = [...new Set([...(previous?.policies.keys() ?? []), ...version.policies.keys()])].sort();
  return ids.flatMap((policy_id): PolicyChange[] => {
    const [old, now] = [previous?.policies.get(policy_id), version.policies.get(policy_id)];
    const digest = now === undefined ? undefined : version.files.get(now.file);
    const base = { recorded_at, log_index, record_id, revision, policy_id };
    const text = digest === undefined ? {} : { text_digest: digest };
    if (now === undefined) return [{ ...base, what: 'removed', fields: [] }];
    if (old === undefined) return [{ ...base, what: 'added', fields: [], ...text }];
    const fields = differing(old, now);
    if (previous?.files.get(old.file) !== digest) fields.push('text');
    return fields.length === 0 ? [] : [{ ...base, what: 'changed', fields, ...text }];
  });
}

function differing(old: StatedPolicy, now: StatedPolicy): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.filter((name) => canonicalize(old[name] ?? null) !== canonicalize(now[name] ?? null));
}
