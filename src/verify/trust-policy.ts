import { ExhibitError, type Sha256 } from '../record/index.ts';
import { fromUtf8, parseDecimal, sameBytes } from './bytes.ts';
import type { SignedCheckpoint, VerifierKey } from './types.ts';
import { isWitnessKey, parseVkey } from './vkey.ts';

/** Longest policy in bytes, and most logs, witnesses and groups of each: the format asks for 32. */
export const MAX_TRUST_POLICY_BYTES = 262_144;
const MOST_OF_EACH = 256;

/** A witness, or a group of which k members must have witnessed. */
export type Quorum =
  | { kind: 'witness'; name: string; key: VerifierKey }
  | { kind: 'group'; name: string; k: number; members: Quorum[] };

/** Which logs a reader believes, and whose cosignatures are asked for. */
export interface TrustPolicy {
  /** May be empty: then the log is known from elsewhere. */
  logs: VerifierKey[];
  witnesses: VerifierKey[];
  /** Undefined: `quorum none`, no witness is asked for. */
  quorum: Quorum | undefined;
}

/**
 * Reads a trust policy: `log`, `witness`, `group` and exactly one `quorum` line.
 * Stricter than the format in two things: it must be UTF-8, and the key of a log is no witness, because a log that
 * co-signs for itself shows nothing more.
 * @param file what the reader of evidence trusts; not what the log brings along
 * @throws ExhibitError CONFIG_INVALID with the line, LEDGER_KEY for a malformed key
 * @see c2sp.org/tlog-policy
 */
export function parseTrustPolicy(sha256: Sha256, file: Uint8Array): TrustPolicy {
  if (file.length > MAX_TRUST_POLICY_BYTES) refuse(`is longer than ${MAX_TRUST_POLICY_BYTES} bytes`);
  const text = fromUtf8(file);
  if (text === undefined) return refuse('is not UTF-8');
  const lines = text.split('\n');
  if (lines.pop() !== '')
    refuse('does not end with a newline, so it may have been cut off', lines.length + 1);
  const reading = new Reading(sha256);
  lines.forEach((line, at) => {
    reading.line(line, at + 1);
  });
  return reading.end();
}

/** A policy as far as it was read. Names refer to preceding lines only, so there are no circles. */
class Reading {
  private readonly sha256: Sha256;
  private readonly logs: VerifierKey[] = [];
  private readonly witnesses: VerifierKey[] = [];
  private readonly named = new Map<string, Quorum>();
  private readonly members = new Set<string>();
  private groups = 0;
  private quorum: { is: Quorum | undefined } | undefined;

  constructor(sha256: Sha256) {
    this.sha256 = sha256;
  }

  line(line: string, at: number): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
    if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) refuse('holds a control character', at);
    const [word, ...rest] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (word === undefined || word.startsWith('#')) return;
    switch (word) {
      case 'log':
        this.log(rest, at);
        break;
      case 'witness':
        this.witness(rest, at);
        break;
      case 'group':
        this.group(rest, at);
        break;
      case 'quorum':
        this.setQuorum(rest, at);
        break;
      default:
        refuse(`has the unknown word ${JSON.stringify(word)}; known: log, witness, group, quorum`, at);
    }
  }

  end(): TrustPolicy {
    if (this.quorum === undefined)
      return refuse('has no quorum line; write `quorum none` to ask for no witness');
    const own = this.logs.find((log) => this.witnesses.some((one) => same(one, log)));
    if (own !== undefined) refuse(`names the key of the log ${own.name} as a witness`);
    return { logs: this.logs, witnesses: this.witnesses, quorum: this.quorum.is };
  }

  private log([vkey, ...url]: string[], at: number): void {
    if (vkey === undefined || url.length > 1) refuse('has a line that is not `log <vkey> [<url>]`', at);
    this.logs.push(this.key(vkey, 'log', this.logs, at));
  }

  private witness([name, vkey, ...url]: string[], at: number): void {
    if (name === undefined || vkey === undefined || url.length > 1)
      refuse('has a line that is not `witness <name> <vkey> [<url>]`', at);
    const key = this.key(vkey, 'witness', this.witnesses, at);
    this.witnesses.push(key);
    this.define({ kind: 'witness', name, key }, at);
  }

  private group([name, count, ...names]: string[], at: number): void {
    if (name === undefined || count === undefined || names.length === 0)
      refuse('has a line that is not `group <name> all|any|<k> <name>...`', at);
    this.groups += 1;
    if (this.groups > MOST_OF_EACH) refuse(`has more than ${MOST_OF_EACH} groups`, at);
    const k = count === 'all' ? names.length : count === 'any' ? 1 : parseDecimal(count);
    if (k === undefined || k < 1 || k > names.length)
      refuse(`asks for ${JSON.stringify(count)} of ${names.length}`, at);
    const members = names.map((one) => {
      const found = this.find(one, at);
      // Else one cosignature would count twice.
      if (this.members.has(one)) refuse(`has ${JSON.stringify(one)} as a member twice`, at);
      this.members.add(one);
      return found;
    });
    this.define({ kind: 'group', name, k, members }, at);
  }

  private setQuorum([name, ...rest]: string[], at: number): void {
    if (name === undefined || rest.length > 0) refuse('has a line that is not `quorum <name>`', at);
    if (this.quorum !== undefined) refuse('has a second quorum line', at);
    this.quorum = { is: name === 'none' ? undefined : this.find(name, at) };
  }

  private key(
    vkey: string,
    kind: 'log' | 'witness',
    others: readonly VerifierKey[],
    at: number,
  ): VerifierKey {
    if (others.length >= MOST_OF_EACH) refuse(`has more than ${MOST_OF_EACH} keys of one kind`, at);
    const key = parseVkey(this.sha256, vkey);
    if (isWitnessKey(key) !== (kind === 'witness'))
      refuse(`has ${key.name} in a line for another type of key (${kind})`, at);
    if (others.some((one) => same(one, key))) refuse(`has the key of ${key.name} twice`, at);
    return key;
  }

  private define(quorum: Quorum, at: number): void {
    const { name } = quorum;
    if (name === 'none' || this.named.has(name)) refuse(`defines ${JSON.stringify(name)} twice`, at);
    this.named.set(name, quorum);
  }

  private find(name: string, at: number): Quorum {
    return this.named.get(name) ?? refuse(`uses ${JSON.stringify(name)}, which no line before defines`, at);
  }
}

/** Whether the witnesses of a checkpoint are as many as a quorum asks for. Their cosignatures verified before. */
export function meetsQuorum(quorum: Quorum, { witnesses }: Pick<SignedCheckpoint, 'witnesses'>): boolean {
  switch (quorum.kind) {
    case 'witness':
      return witnesses.some(({ key }) => same(key, quorum.key));
    case 'group':
      return quorum.members.filter((one) => meetsQuorum(one, { witnesses })).length >= quorum.k;
    default:
      return quorum satisfies never;
  }
}

/**
 * Refuses a checkpoint that fewer have witnessed than the policy asks for.
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export function requireQuorum({ quorum }: TrustPolicy, checkpoint: SignedCheckpoint): void {
  // Where the log's key came from elsewhere, the policy could not know that a witness has it too.
  const witnesses = checkpoint.witnesses.filter(({ key }) => !same(key, checkpoint.key));
  if (quorum === undefined || meetsQuorum(quorum, { witnesses })) return;
  const by = witnesses.map(({ key }) => key.name);
  throw new ExhibitError(
    'CHECKPOINT_INVALID',
    `the checkpoint is signed by its log, but not witnessed as the trust policy asks: quorum ${quorum.name} is not reached; co-signed by ${by.length === 0 ? 'no witness of the policy' : by.join(', ')}`,
    { details: { kind: 'quorum', quorum: quorum.name, witnessed_by: by } },
  );
}

/** Names and key ids may differ for one key; the cosignature of Ed25519 does not hold the name. */
function same(a: VerifierKey, b: VerifierKey): boolean {
  return sameBytes(a.publicKey, b.publicKey);
}

function refuse(message: string, line?: number): never {
  throw new ExhibitError('CONFIG_INVALID', `the trust policy ${message}`, {
    ...(line === undefined ? {} : { location: { line } }),
    hint: 'The form is that of c2sp.org/tlog-policy.',
  });
}
