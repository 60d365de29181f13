import { decodedText } from './redact-lines.ts';

/**
 * Credentials that are known by their shape. Every pattern takes linear time: repetitions are
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
  // `--db-password x` and `mysql -px` in a line for a shell, a line of netrc
  /(?<![\w-])--[\w-]{0,64}(?:password|passwd|passphrase|secret|token|api-key)[ \t]{1,8}["']?[^\s"'$<{[-]/,
  /(?<![\w-])(?:mysql|mysqldump|mysqladmin|mariadb|sshpass)\b[^\n|;&]{0,200}?[ \t]-p[^\s$"'[][^\s]/,
  /\blogin[ \t]{1,8}[^\s]{1,200}[ \t]{1,8}password[ \t]{1,8}[^\s[]/,
  // `Password=...` of connection strings, shell scripts and settings inside a longer text; not `:secret:name` of an ARN, which
  // names a secret and holds none
  /(?<!:)(?:passw(?:or)?d|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[^\s"',;&(){}<>$[\]]{6}/i,
];

/**
 * User and password before a host without a scheme: data source names of Go, a registry behind a slash (not
 * `app:1.2@sha256:...`, which is a digest). Looked for only where there is an `@`, since they may start at every word.
 */
const WITHOUT_SCHEME: readonly RegExp[] = [
  /(?<![^\s"'=])[^\s:@/"'<>]{1,100}:[^\s@/"'<>]{1,200}@(?:tcp|udp|unix)\(/,
  /(?<=\/)[^\s:@/"'<>]{1,100}:[^\s:@/"'<>]{1,200}@(?!sha\d)/,
];
const BASIC = /\bBasic[ \t]{1,8}([A-Za-z0-9+/]{8,400}={0,2})/i;

/** Up to the end of the word: most shapes cover only as much of a credential as tells it from other texts. */
const REST = '[^\\s"\'`]*';
const WHOLE_WORDS = [...SHAPES, ...WITHOUT_SCHEME].map(
  ({ source, flags }) => new RegExp(`(?:${source})${REST}`, `${flags}g`),
);
/** What follows these on other lines is the key. */
const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-/;

/** A text with every credential that is known by its shape replaced; all of it where it holds a key of several lines. */
export function withoutShapes(text: string, by: string): string {
  if (credentialIn(text) === undefined) return text;
  if (KEY_BLOCK.test(text)) return by;
  return WHOLE_WORDS.reduce((rest, shape) => rest.replace(shape, () => by), text);
}

/** The first credential in a text that is known by its shape: the part that the shape covers. */
export function credentialIn(text: string): string | undefined {
  if (text.length < 8) return undefined;
  const shapes = text.includes('@') ? [...SHAPES, ...WITHOUT_SCHEME] : SHAPES;
  for (const shape of shapes) {
    const found = shape.exec(text);
    if (found !== null) return found[0];
  }
  // `Basic authentication` has the shape, too; only user and password have a colon between them.
  const [basic, encoded = ''] = BASIC.exec(text) ?? [];
  return decodedText(encoded)?.includes(':') === true ? basic : undefined;
}
