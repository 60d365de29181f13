/** How other tools name a policy in their reports, once they have it from an export. */

/** Checkov's id of a check. The same for as long as the policy has its id: ids are words joined by single hyphens, so no two meet. */
export function checkIdOf(policy: string): string {
  return `CKV2_EXH_${policy.replaceAll('-', '_').toUpperCase()}`;
}

/** Gatekeeper's kind: `db-encrypted-at-rest` as ExhibitDbEncryptedAtRest. The constraint has the policy's own id as its name. */
export function constraintKindOf(policy: string): string {
  return `Exhibit${policy
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')}`;
}

/** Trivy's id of a check. */
export function trivyIdOf(policy: string): string {
  return `EXHIBIT-${policy}`;
}
