/** What became of one attempt to tell somebody. */
export type Sent =
  | { outcome: 'delivered'; receipt?: string }
  | {
      outcome: 'failed';
      /** In words, without an address or a token. */
      why: string;
      /** Another attempt may help. */
      again: boolean;
      /** Milliseconds that the receiver asks to wait. */
      after?: number;
    }
  /** It may have arrived: the answer did not come. */
  | { outcome: 'unknown'; why: string };

const TIMEOUT = 10_000;

/**
 * Sends JSON to an address that may itself be a secret: no word of it is in the answer, and no redirect is followed. Never throws for what
 * the receiver does.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  timeout = TIMEOUT,
): Promise<Sent> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'user-agent': 'exhibit', 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    await reply.body?.cancel();
    const { status } = reply;
    if (status >= 200 && status < 300) return { outcome: 'delivered' };
    if (status >= 300 && status < 400)
      return { outcome: 'failed', why: `it sends on to another address (HTTP ${status})`, again: false };
    const again = status === 429 || status === 408 || status >= 500;
    const after = again ? waitOf(reply.headers.get('retry-after')) : undefined;
    return {
      outcome: 'failed',
      why: `it answers HTTP ${status}`,
      again,
      ...(after === undefined ? {} : { after }),
    };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    // Only where no connection came about is it sure that nothing arrived.
    if (code !== undefined && UNREACHED.has(code))
      return { outcome: 'failed', why: `it cannot be reached (${code})`, again: true };
    return { outcome: 'unknown', why: `no answer${code === undefined ? '' : ` (${code})`}` };
  }
}

const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Retry-After in seconds; as a date it is left out, since the clocks may differ. */
function waitOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}
