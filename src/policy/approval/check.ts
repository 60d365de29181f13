import { canonicalize, formatInstant } from '../../record/index.ts';
import type { Files, Override, OverrideApproval, OverrideRules, WrittenOverride } from '../types.ts';
import { codeOwners, isNamed } from './codeowners.ts';
import { OWNERS_KEY } from './reasons.ts';
import { SIGNERS_FILE, verifySsh } from './ssh-signature.ts';
import { refusedTicket, ticketCheck } from './ticket.ts';

/** Where a signed approval lies: beside the override. */
export const approvalFile = (file: string): string => `${file}.sig`;

/**
 * The bytes that an approver signs: the canonical form of the override as written, and for which policy repository. The same
 * file in another repository is not approved by it.
 * @param repository its name in `exhibit.yaml`, the lineage of its bundles
 */
export function approvalBytes(value: unknown, repository: string): Uint8Array {
  return Buffer.from(canonicalize({ override: value, repository, schema: 'exhibit.approval/1' }));
}

/** By what an approval is judged. */
export interface ApprovalRules {
  rules: OverrideRules;
  /** Name of the policy repository. */
  repository: string;
  /** Its folder in the git repository, whose CODEOWNERS counts; empty where it is the root. */
  prefix: string;
  /**
   * When the key of a signature must be valid, Unix milliseconds: the time of the commit that is judged, so that a commit is judged alike on
   * every day; now, where nothing is committed. Never a time that the override states: whoever holds a key that has ended could write one.
   */
  at: number;
}

/**
 * An override with how it was approved and what is known of its ticket.
 * @returns in words why it does not apply
 * @throws ExhibitError TOOL_MISSING where a signature is there and ssh-keygen is not
 */
export async function checkOverride(
  written: WrittenOverride,
  files: Files,
  by: ApprovalRules,
): Promise<Override | string> {
  const { rules } = by;
  const signed = await signature(written, files, by);
  if (typeof signed === 'string') return signed;
  const owned = codeOwner(written, files, by.prefix);
  const found = [signed, typeof owned === 'string' ? undefined : owned].filter((each) => each !== undefined);
  const approval = found.find((one) => rules.approval.length === 0 || rules.approval.includes(one.by));
  if (rules.approval.length > 0 && approval === undefined) {
    const lacking = rules.approval.map((way) =>
      way === 'signature' ? `there is no signature ${approvalFile(written.file)}` : String(owned),
    );
    return `nobody approved it: ${lacking.join('; ')}`;
  }
  const ticket_check = ticketCheck(files, written.file, written.override);
  const refused = refusedTicket(ticket_check, rules.unchecked_tickets);
  if (refused !== undefined) return refused;
  return { ...written.override, ...(approval === undefined ? {} : { approval }), ticket_check };
}

/** A signature that is there must hold, whatever the rules ask for: it was made of other bytes, or by somebody else. */
async function signature(
  { file, value, override }: WrittenOverride,
  files: Files,
  { repository, at }: ApprovalRules,
): Promise<OverrideApproval | string | undefined> {
  const name = approvalFile(file);
  const mark = files.get(name);
  if (mark === undefined) return undefined;
  const signers = files.get(SIGNERS_FILE);
  if (signers === undefined) return `${name} cannot be verified: there is no ${SIGNERS_FILE}`;
  const asked = { bytes: approvalBytes(value, repository), signature: mark, signers, at: formatInstant(at) };
  const evidence = await verifySsh({ ...asked, person: principal(override.approver) });
  if (evidence === undefined)
    return `${name} is no approval of this text by ${override.approver}: it was changed after it was signed, it was signed for another repository than ${repository}, or another key signed it, or one that was not valid at ${asked.at}`;
  if ((await verifySsh({ ...asked, person: principal(override.owner) })) !== undefined)
    return `${OWNERS_KEY}: ${override.owner} (${name})`;
  return { by: 'signature', evidence };
}

/** @returns in words why the approver is no code owner */
function codeOwner(
  { file, override }: WrittenOverride,
  files: Files,
  prefix: string,
): OverrideApproval | string {
  const path = prefix === '' ? file : `${prefix}/${file}`;
  const owners = codeOwners(files, path);
  if (owners === undefined) return 'there is no CODEOWNERS';
  const found = owners.find(({ owner }) => isNamed(override.approver, owner));
  if (found !== undefined) return { by: 'codeowners', evidence: found.line };
  const names = owners.map(({ owner }) => owner).join(', ');
  return `${override.approver} is no code owner of ${path} (${names === '' ? 'nobody is' : names})`;
}

/** A person as a list of signers names one: the address where there is one, else the text. */
export function principal(person: string): string {
  return (/<([^<>]+)>\s*$/.exec(person)?.[1] ?? person).trim();
}
