/** Codes of OpenSSL, as Node gives them, that say that an authority is not known here. */
const AUTHORITY: ReadonlySet<string> = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Why `fetch` got no answer, in words, and what to do about that very thing.
 * @param base what was asked
 * @param cause what `fetch` threw: it says `fetch failed`, and what failed is its own cause
 */
export function awayBecause({ host, hostname, port }: URL, cause: unknown): { why: string; hint: string } {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const address = 'Look at the address: it is that of the server, with its port.';
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return { why: 'it did not answer in time', hint: 'Look whether the server runs, and ask again.' };
  if (AUTHORITY.has(code))
    return {
      why: 'its certificate is of an authority that is not known here',
      hint: 'For an authority of your own set NODE_EXTRA_CA_CERTS.',
    };
  switch (code) {
    case 'ECONNREFUSED':
      return {
        why: `nothing answers at ${host}`,
        hint: `Start the server there (exhibit server run). ${address}`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { why: `the name ${hostname} is not known here`, hint: address };
    default: {
      const why = inner instanceof Error ? inner.message : 'no answer';
      return why === 'bad port'
        ? { why: `port ${port} is one that no server of pages may have`, hint: address }
        : { why, hint: `Look whether the server runs there. ${address}` };
    }
  }
}
