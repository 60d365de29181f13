/** Prefixes of Trivy's own misconfiguration checks; other ids are of custom checks and stay as they are. */
const OWN = /^(?:AVD-)?(AWS|AZU|CLDSTK|DIG|DS|GCP|GIT|KCV|KSV|NIF|OCI|OPNSTK)-(\d{3,4})$/;
/** Without a hyphen, as versions before 0.67 wrote the id of a check of Dockerfiles and Kubernetes. */
const SHORT = /^(DS|KCV|KSV)(\d{3,4})$/;

/**
 * The id of a check in the form of Trivy's newest version, whichever form its version wrote: `KSV017`, `AVD-KSV-0017` and `KSV-0017` are
 * `KSV-0017`. So one check has one policy id over the years.
 */
export function trivyCheck(id: string): string {
  const [, prefix, number] = OWN.exec(id) ?? SHORT.exec(id) ?? [];
  return prefix === undefined || number === undefined ? id : `${prefix}-${number.padStart(4, '0')}`;
}
