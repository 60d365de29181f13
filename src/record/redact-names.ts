/**
 * How much a name says about what stands under it: `password` is a secret however it is wrapped, also as a number; `secret` is one
 * as a text, since objects under such names mostly refer to a secret; `maybe` is one where it looks like one.
 */
export type NameKind = 'password' | 'secret' | 'maybe';

/** Ends of names, in lower case, without `_`, `-`, `.` and spaces. */
const PASSWORDS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'passwort',
  'kennwort',
  'pwd',
  'connectionstring',
];
const SECRETS = [
  'secret',
  'secretkey',
  'secretstring',
  'token',
  'apikey',
  'accesskey',
  'accountkey',
  'sharedkey',
  'masterkey',
  'privatekey',
  'privatekeypem',
  'clientkey',
  'encryptionkey',
  'signingkey',
  'credential',
  'credentials',
];
/** So short that they count as a whole word only: `db_pass` and `dbPass`, not `bypass`. */
const PASSWORD_WORDS: ReadonlySet<string> = new Set([
  'pass',
  'pw',
  'dbpass',
  'userpass',
  'rootpass',
  'requirepass',
]);
/** Whole names of files that hold credentials, and the setting in which Redis takes its password. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'dockerconfigjson',
  'dockercfg',
  'kubeconfig',
  'netrc',
  'npmrc',
  'pgpass',
  'htpasswd',
  'redisauth',
  'psk',
]);
/** Names that end so and hold settings or request ids: rules ask for them (whether EC2 demands IMDSv2), so they stay. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  'httptoken',
  'httptokens',
  'creationtoken',
  'clienttoken',
  'clientrequesttoken',
  'idempotencytoken',
  'proxypass',
]);
/** Words that follow the name of a secret without making it something else: `jwt_secret_v2`, `SECRET_KEY_BASE`. */
const SUFFIX =
  /^(?:v?\d+|old|new|prev|previous|current|next|backup|bak|base|value|val|text|plain|plaintext|raw|b64|base64|encoded|hash|wo|primary|secondary|prod|production|staging|dev|test)$/;
const LONGEST_NAME = 256;
/** Names come again and again; the answers to the last so many are kept. */
const MOST_KNOWN = 4_096;
const known = new Map<string, NameKind | undefined>();

/** What a name such as `db_password`, `clientSecret`, `API-KEYS` or `master_password_old` says; undefined: nothing. */
export function nameKind(name: string): NameKind | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  if (known.has(name)) return known.get(name);
  if (known.size >= MOST_KNOWN) known.clear();
  const kind = judgeName(name);
  known.set(name, kind);
  return kind;
}

function judgeName(name: string): NameKind | undefined {
  const words = name
    .normalize('NFKC')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  if (OTHER_NAMES.has(words.join(''))) return undefined;
  while (words.length > 1 && SUFFIX.test(words.at(-1) ?? '')) words.pop();
  const bare = words.join('');
  const last = words.at(-1) ?? '';
  if (OTHER_NAMES.has(bare)) return undefined;
  if (PASSWORD_WORDS.has(last) || endsWith(bare, PASSWORDS)) return 'password';
  if (SECRET_NAMES.has(bare) || endsWith(bare, SECRETS)) return 'secret';
  return last === 'auth' ? 'maybe' : undefined;
}

/** True where a text under a name is a secret by that name. */
export function isSecretUnder(name: string, text: string): boolean {
  const kind = nameKind(name);
  return kind === 'maybe' ? text.length >= 8 && /^\S*[\d=]\S*$/.test(text) : kind !== undefined;
}

/** True where a number under a name is a password: not under a plural, which counts, and not a small one. */
export function isSecretNumber(name: string, digits: string): boolean {
  return nameKind(name) === 'password' && !/[^s]s$/i.test(name) && /^-?\d{4,}$/.test(digits);
}

/** True for a member of an object under a password that describes or refers to it, and is none itself. */
export function describesSecret(key: string): boolean {
  return DESCRIBES.test(key.toLowerCase().replace(/[_\-. ]/g, ''));
}
const DESCRIBES =
  /^(?:title|description|format|pattern|in|key|keys|items|group|provider|namespace|audience|algorithm|engine|region|properties|required|enum|metadata|labels|annotations|status|tags|scope|role|user|host|port|database|existingsecret)$|(?:refs?|references?|from|names?|kind|arns?|ids?|paths?|types?|polic(?:y|ies)|versions?|selectors?|source|url|uri)$/;

const endsWith = (bare: string, ends: readonly string[]): boolean =>
  ends.some((end) => bare.endsWith(end) || bare.endsWith(`${end}s`));
