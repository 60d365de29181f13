import type { IncomingMessage, ServerResponse } from 'node:http';

/** A cookie of the request. Where it is there twice, somebody put one in: then there is none. */
export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const found = (headers.cookie ?? '')
    .split(/; */)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return found.length === 1 ? found[0] : undefined;
}

export interface CookieOptions {
  secure: boolean;
  sameSite: 'Lax' | 'Strict';
  /** Seconds; left out: until the browser is closed. */
  maxAge?: number;
}

/** `__Host-` says to a browser that no other host and no plain page may have set it. */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

export function setCookie(
  response: ServerResponse,
  name: string,
  value: string,
  { secure, sameSite, maxAge }: CookieOptions,
): void {
  response.appendHeader(
    'set-cookie',
    [
      `${cookieName(name, secure)}=${value}`,
      'Path=/',
      'HttpOnly',
      `SameSite=${sameSite}`,
      ...(secure ? ['Secure'] : []),
      ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ].join('; '),
  );
}
