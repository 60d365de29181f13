import { parseDocument } from 'yaml';
import { ExhibitError } from '../../record/index.ts';
import { gitRoot } from '../git-root.ts';
import { readOverride } from '../override.ts';
import { suggest } from '../suggest.ts';
import type { Files, OverrideApproval, Repository } from '../types.ts';
import { parseYaml } from '../yaml-file.ts';
import { approvalBytes, approvalFile, checkOverride } from './check.ts';
import { isSelfApproved } from './reasons.ts';
import { signSsh } from './ssh-signature.ts';

export interface ApproveOptions {
  /** Who approves; else whom the file names. */
  approver?: string;
  /** SSH key to sign with; without it the approver must be enough by itself. */
  key?: string;
  /** When the key must be valid, Unix milliseconds; now, where not given. */
  now?: number;
}

export interface Approved {
  /** Files to write, by path below the repository; undefined: to remove. */
  changes: Map<string, Uint8Array | undefined>;
  approver: string;
  /** Not given: the name of an approver is all that the repository asks for. */
  approval: OverrideApproval | undefined;
}

/** The file of an override by its id, also of one that does not apply yet. @throws ExhibitError NOT_FOUND */
export function overrideFile(files: Files, id: string): { file: string; value: Record<string, unknown> } {
  const all = [...files.keys()]
    .filter((path) => /^overrides\/.*\.ya?ml$/.test(path))
    .map((file) => ({
      file,
      value: parseYaml(files, file).value as Record<string, unknown> | null | undefined,
    }));
  const found = all.filter(({ value }) => value?.id === id);
  const [only] = found;
  if (only === undefined)
    throw new ExhibitError('NOT_FOUND', `there is no override ${id}`, { hint: nearOf(id, all) });
  if (found.length > 1)
    throw new ExhibitError(
      'OVERRIDE_INVALID',
      `${found.map(({ file }) => file).join(' and ')} have the id ${id}`,
      {
        hint: 'Neither applies. Give one of them another id.',
      },
    );
  return { file: only.file, value: only.value ?? {} };
}

function nearOf(id: string, all: readonly { value: Record<string, unknown> | null | undefined }[]): string {
  const ids = all.map(({ value }) => value?.id).filter((one) => typeof one === 'string');
  const near = suggest(id, ids);
  return near === undefined ? 'exhibit override list shows them all.' : `Is ${near} meant?`;
}

/**
 * What approving an override changes, after it was checked that it then applies. Nothing is written here.
 * @throws ExhibitError NOT_FOUND, USAGE, OVERRIDE_INVALID with what is lacking, TOOL_MISSING, TOOL_FAILED
 */
export async function approveOverride(
  { files, policies, config, folder }: Repository,
  id: string,
  options: ApproveOptions,
): Promise<Approved> {
  const { file, value: before } = overrideFile(files, id);
  const approver = options.approver ?? before.approver;
  if (typeof approver !== 'string')
    throw new ExhibitError('USAGE', `${file} names no approver`, {
      hint: 'Say who approves with --approver.',
    });
  const document = parseDocument(Buffer.from(files.get(file) ?? '').toString('utf8'));
  const changes = new Map<string, Uint8Array | undefined>();
  if (before.approver !== approver) {
    document.set('approver', approver);
    changes.set(file, Buffer.from(document.toString({ lineWidth: 100 })));
    // It was made for another text.
    if (files.has(approvalFile(file))) changes.set(approvalFile(file), undefined);
  }
  const value = { ...before, approver };
  const severities = new Map(policies.map((policy) => [policy.id, policy.severity]));
  const override = readOverride(value, severities, config.longest_days);
  if (typeof override === 'string') throw refused(file, override);
  if (options.key !== undefined)
    changes.set(approvalFile(file), await signSsh(approvalBytes(value, config.name), options.key));
  const after = new Map(files);
  for (const [path, bytes] of changes) {
    if (bytes === undefined) after.delete(path);
    else after.set(path, bytes);
  }
  // Its ticket is another question, which is asked when the override is used.
  const rules = { ...config.overrides, unchecked_tickets: 'apply' as const };
  const outcome = await checkOverride({ file, value, override }, after, {
    rules,
    repository: config.name,
    prefix: gitRoot(folder).prefix,
    at: options.now ?? Date.now(),
  });
  if (typeof outcome === 'string') throw refused(file, outcome);
  return { changes, approver, approval: outcome.approval };
}

function refused(file: string, why: string): ExhibitError {
  return new ExhibitError('OVERRIDE_INVALID', `${file} is not approved: ${why}.`, {
    location: { file },
    ...(isSelfApproved(why) ? { hint: 'Somebody else must approve it: --approver names whom.' } : {}),
  });
}
