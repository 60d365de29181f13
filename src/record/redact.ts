import { MAX_DEPTH } from './canonical.ts';
import { markArguments } from './redact-arguments.ts';
import { markDeclared } from './redact-declared.ts';
import { markDockerfile } from './redact-dockerfile.ts';
import { markKubernetes } from './redact-kubernetes.ts';
import { assignsSecret, decodedText } from './redact-lines.ts';
import { isObject, Marks, own, type RedactReason } from './redact-marks.ts';
import { describesSecret, isSecretNumber, isSecretUnder, nameKind } from './redact-names.ts';
import { isExactNumber } from './redact-numbers.ts';
import { advance, type PathState, parseRedactPath, startPaths } from './redact-paths.ts';
import { SecretSearch, SHORTEST_SECRET } from './redact-search.ts';
import { credentialIn } from './redact-shapes.ts';
import { markTerraform } from './redact-terraform.ts';

/** What stands where a secret was. */
export const REDACTED = '[redacted]';

export interface Redaction {
  /** JSON Pointer (RFC 6901) into the redacted value. */
  path: string;
  reason: RedactReason;
}

export interface RedactOptions {
  /** Kind of the input; a plan and a manifest are known by their members, too. */
  kind?: string;
  /** JSON paths that policies name: `$.a.b[*].c`, `$..token`. */
  paths?: readonly string[];
}

const SHORTEST_COPY = 12;
/** What somebody said to be secret is looked for elsewhere although it is short. */
const SHORT_COPIES: ReadonlySet<RedactReason> = new Set<RedactReason>(['terraform-sensitive', 'policy']);
/** Longest JSON Pointer that a record holds. */
const LONGEST_POINTER = 2_048;
/** A name such as `password` also covers what stands below it under one of these. */
const ENVELOPES: ReadonlySet<string> = new Set([
  'value',
  'values',
  'default',
  'constant_value',
  'stringvalue',
  'parametervalue',
]);
/** Members that name what stands in an envelope beside them, as containers, tags and parameters take them. */
const LABELS = ['name', 'Name', 'key', 'Key', 'ParameterKey'];
/** JSON and base64 in a text are looked into this deep (a task definition in an attribute), up to this length. */
const EMBEDDED_DEPTH = 4;
const EMBEDDED_LENGTH = 1_048_576;

/**
 * Takes secrets out of a value before it is stored, and lists where. What the masks of a plan, the Secrets of a manifest and the
 * policies name goes first, and what looks like a credential; then every other place that holds the same text. The result has
 * a canonical form (RFC 8785). Redacting twice changes nothing more.
 * @param value JSON value, attacker-controlled; never changed
 * @throws ExhibitError POLICY_INVALID for a path that is none
 */
export function redact(
  value: unknown,
  options: RedactOptions = {},
): { value: unknown; redactions: Redaction[] } {
  const marks = new Marks();
  if (isPlan(value, options.kind)) markTerraform(value, marks);
  markKubernetes(value, marks);
  markDeclared(value, marks);
  markArguments(value, marks);
  markDockerfile(value, marks);
  markPaths(value, startPaths((options.paths ?? []).map(parseRedactPath)), marks, 0);
  const secrets = new Set<string>();
  collectMarked(value, marks, secrets, 0);
  const first = new Redactor(new SecretSearch(secrets));
  const result = first.run(value, marks);
  // A credential that was known by its shape or its name may stand elsewhere under an innocent one.
  if (first.credentials.size === 0) return result;
  return new Redactor(new SecretSearch([...secrets, ...first.credentials])).run(value, marks);
}

function isPlan(value: unknown, kind: string | undefined): value is Record<string, unknown> {
  return isObject(value) && (kind === 'terraform-plan' || own(value, 'format_version') !== undefined);
}

function markPaths(value: unknown, state: PathState, marks: Marks, depth: number): void {
  if (typeof value !== 'object' || value === null || state.length === 0 || depth > MAX_DEPTH) return;
  for (const key of Object.keys(value)) {
    const { state: next, matched } = advance(state, key);
    if (matched) marks.down(key).set('policy');
    else if (next.length > 0)
      markPaths((value as Record<string, unknown>)[key], next, marks.down(key), depth + 1);
  }
}

/** The secrets themselves, so that copies of them are found. */
function collectMarked(value: unknown, marks: Marks, secrets: Set<string>, depth: number): void {
  if (marks.reason !== undefined) {
    collectTexts(value, marks.reason, secrets, depth);
    return;
  }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const key of Object.keys(value)) {
    const below = marks.at(key);
    if (below !== undefined)
      collectMarked((value as Record<string, unknown>)[key], below, secrets, depth + 1);
  }
}

function collectTexts(value: unknown, reason: RedactReason, secrets: Set<string>, depth: number): void {
  const text = isExactNumber(value) ? value.rawJSON : typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string') {
    // Half of what a Secret holds is no secret (a user name, a namespace): only long entries are looked for elsewhere.
    const shortest = SHORT_COPIES.has(reason) ? SHORTEST_SECRET : SHORTEST_COPY;
    const forms = [text, reason === 'kubernetes-secret' ? decodeBase64(text) : undefined];
    for (const form of forms) {
      if (form !== undefined && form.length >= shortest && !REDACTED.includes(form)) secrets.add(form);
    }
  } else if (typeof value === 'object' && value !== null && depth <= MAX_DEPTH) {
    for (const inner of Object.values(value)) collectTexts(inner, reason, secrets, depth + 1);
  }
}

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

class Redactor {
  /** Credentials that no mask named, long enough to be looked for elsewhere: a short one may be an ordinary word. */
  readonly credentials = new Set<string>();
  readonly #search: SecretSearch;
  readonly #redactions: Redaction[] = [];
  #embedded = 0;

  constructor(search: SecretSearch) {
    this.#search = search;
  }

  run(value: unknown, marks: Marks | undefined): { value: unknown; redactions: Redaction[] } {
    return { value: this.#write(value, marks, '', '', 0), redactions: this.#redactions };
  }

  /** @param name the name that the value stands under, for names such as `password` */
  #write(value: unknown, marks: Marks | undefined, name: string, path: string, depth: number): unknown {
    if (value === null || value === REDACTED) return value;
    if (marks?.reason !== undefined) return this.#replace(REDACTED, path, marks.reason);
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'string':
        return this.#text(value, name, path);
      case 'number':
        return this.#number(value, String(value), name, path);
      case 'object':
        if (isExactNumber(value)) return this.#number(Number.NaN, value.rawJSON, name, path);
        if (depth >= MAX_DEPTH) return this.#replace(REDACTED, path, 'not-canonical');
        return Array.isArray(value)
          ? value.map((item, index) =>
              this.#write(item, marks?.at(index), name, `${path}/${index}`, depth + 1),
            )
          : this.#object(value as Record<string, unknown>, marks, name, path, depth);
      default:
        return this.#replace(REDACTED, path, 'not-canonical');
    }
  }

  #object(
    value: Record<string, unknown>,
    marks: Marks | undefined,
    name: string,
    path: string,
    depth: number,
  ): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const label = labelOf(value);
    for (const key of Object.keys(value)) {
      const shown = this.#key(key, out, path);
      const written = this.#write(
        value[key],
        marks?.at(key),
        innerName(key, value[key], label, name),
        `${path}/${escapePointer(shown)}`,
        depth + 1,
      );
      if (shown !== '__proto__') out[shown] = written;
      // As data, as it came.
      else
        Object.defineProperty(out, shown, {
          value: written,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    return out;
  }

  /** A key may hold a secret, too. */
  #key(key: string, taken: object, path: string): string {
    const formed = key.toWellFormed();
    const secret = this.#search.finds(formed);
    if (!secret && formed === key && !Object.hasOwn(taken, key)) return key;
    const wanted = secret ? REDACTED : formed;
    let shown = wanted;
    for (let copy = 2; Object.hasOwn(taken, shown); copy += 1) shown = `${wanted}-${copy}`;
    this.#replace(shown, `${path}/${escapePointer(shown)}`, secret ? 'same-value' : 'not-canonical');
    return shown;
  }

  #text(value: string, name: string, path: string): string {
    if (value === '') return value;
    const named =
      isSecretUnder(name, value) || (name === 'image' && /^[^\s:@/]+:[^\s@/]+@(?!sha\d)/.test(value));
    const shape = named ? value : credentialIn(value);
    if (shape !== undefined && shape.length >= SHORTEST_COPY) this.credentials.add(shape);
    // Asked in any case: what it finds inside may stand elsewhere.
    const inside = this.#holdsSecret(value);
    if (shape !== undefined) return this.#replace(REDACTED, path, 'credential-shape');
    if (this.#search.finds(value)) return this.#replace(REDACTED, path, 'same-value');
    if (inside) return this.#replace(REDACTED, path, 'credential-shape');
    return value.isWellFormed() ? value : this.#replace(value.toWellFormed(), path, 'not-canonical');
  }

  #number(value: number, digits: string, name: string, path: string): unknown {
    if (this.#search.finds(digits)) return this.#replace(REDACTED, path, 'same-value');
    if (isSecretNumber(name, digits)) return this.#replace(REDACTED, path, 'credential-shape');
    const canonical = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (canonical) return value;
    if (nameKind(name) !== undefined) return this.#replace(REDACTED, path, 'credential-shape');
    return this.#replace(digits, path, 'exact-number');
  }

  /** True for a text with something to redact in its lines, in the JSON that it is, or in its base64. */
  #holdsSecret(text: string): boolean {
    if (text.length > EMBEDDED_LENGTH) return false;
    if (assignsSecret(text)) return true;
    if (this.#embedded >= EMBEDDED_DEPTH) return false;
    let value: unknown = decodedText(text);
    if (value === undefined) {
      if (!/^\s{0,8}[[{]/.test(text)) return false;
      try {
        value = JSON.parse(text);
      } catch {
        return false;
      }
    }
    const marks = new Marks();
    markKubernetes(value, marks);
    markArguments(value, marks);
    const inner = new Redactor(this.#search);
    inner.#embedded = this.#embedded + 1;
    const { redactions } = inner.run(value, marks);
    for (const credential of inner.credentials) this.credentials.add(credential);
    return redactions.some(({ reason }) => reason !== 'exact-number' && reason !== 'not-canonical');
  }

  #replace<T>(by: T, path: string, reason: RedactReason): T {
    const cut =
      path.length > LONGEST_POINTER ? `${path.slice(0, LONGEST_POINTER - 1).toWellFormed()}…` : path;
    this.#redactions.push({ path: cut, reason });
    return by;
  }
}

function labelOf(value: Record<string, unknown>): string | undefined {
  for (const name of LABELS) {
    const label = value[name];
    if (typeof label === 'string') return label;
  }
  return undefined;
}

/** The name under which a member is looked at: its own, or that of the secret which it holds. */
function innerName(key: string, member: unknown, label: string | undefined, name: string): string {
  const list = Array.isArray(member);
  const lower = key.toLowerCase();
  if (ENVELOPES.has(lower) && (list || lower !== 'values')) {
    if (label === undefined || nameKind(label) === undefined) return name;
    // What is an object there is described by its own members.
    return list || !isObject(member) || isExactNumber(member) ? label : '';
  }
  return nameKind(name) === 'password' && !describesSecret(key) ? name : key;
}

/** @see RFC 6901 section 3 */
function escapePointer(name: string): string {
  if (!name.includes('~') && !name.includes('/')) return name;
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
