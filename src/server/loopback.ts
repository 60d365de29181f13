const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** True for a name of this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
