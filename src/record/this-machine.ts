const NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a URL without TLS stays on this machine. @param url its `hostname` is as `URL` gives it: small letters, brackets around IPv6 */
export function isThisMachine({ hostname }: Pick<URL, 'hostname'>): boolean {
  return NAMES.has(hostname);
}
