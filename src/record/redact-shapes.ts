/**
 * Credentials that are known by their shape or by the name they stand under. Every pattern takes linear time: repetitions are
 * bounded, or start only where the character before is outside their class. The strings are attacker-controlled.
 */
const SHAPES: readonly RegExp[] = [
  // Keys in PEM, OpenSSH, PGP and PuTTY form
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/,
  /PuTTY-User-Key-File-[0-9]/,
  // Amazon Web Services access key ids, with which the secret key is usually found
  /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  // GitHub, GitLab, Slack
  /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})/,
  /(?<![A-Za-z0-9_])gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas)-[A-Za-z0-9_-]{20}/,
  /(?<![A-Za-z0-9_])xox[abeoprs]-[A-Za-z0-9-]{10}|(?<![A-Za-z0-9_])xapp-[0-9]-[A-Z0-9]{8}/,
  /hooks\.slack\.com\/(?:services|workflows)\/[A-Z0-9]{8}/,
  // Google
  /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}/,
  /(?<![A-Za-z0-9_-])GOCSPX-[A-Za-z0-9_-]{20}/,
  /(?<![A-Za-z0-9_-])ya29\.[A-Za-z0-9_-]{20}/,
  // Stripe, npm, PyPI, SendGrid, HashiCorp Vault, DigitalOcean, Docker, OpenAI and Anthropic
  /(?<![A-Za-z0-9_])(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16}|whsec_[A-Za-z0-9]{24})/,
  /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}/,
  /(?<![A-Za-z0-9_])pypi-AgE[A-Za-z0-9_-]{20}/,
  /(?<![A-Za-z0-9_])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_])hv[sbr]\.[A-Za-z0-9_-]{20}/,
  /(?<![A-Za-z0-9_])do[opr]_v1_[a-f0-9]{32}|(?<![A-Za-z0-9_])dckr_pat_[A-Za-z0-9_-]{20}/,
  /(?<![A-Za-z0-9_-])sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9]{20}/,
  // JSON Web Tokens (RFC 7519): two base64url JSON objects
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]/,
  // Authorization headers (RFC 6750, RFC 7617), passwords in URLs (RFC 3986 section 3.2.1)
  /\b[Bb]earer[ \t]{1,8}[A-Za-z0-9._~+/=-]{16}/,
  /\b[Aa]uthorization["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[Bb]asic[ \t]{1,8}[A-Za-z0-9+/=]{8}/,
  /:\/\/[^\s/:@"'<>?#]{0,200}:[^\s/@"'<>?#]{1,200}@/,
  // `Password=...` of connection strings, shell scripts and settings inside a longer text; not `:secret:name` of an ARN, which
  // names a secret and holds none
  /(?<!:)(?:passw(?:or)?d|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[^\s"',;&(){}<>$[\]]{6}/i,
];

/** Ends of names under which a secret stands; compared in lower case, without `_`, `-`, `.` and spaces. */
const NAMES = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secretkey',
  'secretstring',
  'token',
  'apikey',
  'accesskey',
  'accountkey',
  'privatekey',
  'privatekeypem',
  'clientkey',
  'encryptionkey',
  'signingkey',
  'connectionstring',
  'credential',
  'credentials',
];
/** Names that end so and hold settings or request ids: rules ask for them (whether EC2 demands IMDSv2), so they stay. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  'httptoken',
  'httptokens',
  'creationtoken',
  'clienttoken',
  'clientrequesttoken',
  'idempotencytoken',
]);
const LONGEST_NAME = 256;

/** The first credential in a text that is known by its shape: the part that the shape covers. */
export function credentialIn(text: string): string | undefined {
  if (text.length < 8) return undefined;
  for (const shape of SHAPES) {
    const found = shape.exec(text);
    if (found !== null) return found[0];
  }
  return undefined;
}

/** True for a name such as `db_password`, `clientSecret` or `API-KEYS`. */
export function isSecretName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  const bare = name.toLowerCase().replace(/[_\-. ]/g, '');
  return !OTHER_NAMES.has(bare) && NAMES.some((end) => bare.endsWith(end) || bare.endsWith(`${end}s`));
}
