/** How the reason begins where owner and approver are one person, or one key. */
export const SELF_APPROVED = 'its approver is its owner';
export const OWNERS_KEY = 'its approval is signed with a key of its owner';

/** Whether the reason of a rejected override says that its owner approved it. */
export function isSelfApproved(reason: string): boolean {
  return reason.startsWith(SELF_APPROVED) || reason.startsWith(OWNERS_KEY);
}
