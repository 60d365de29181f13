/** The gate's pass as a precondition of admission: what policies see under `input.exhibit.attestation`. */
import { readFileSync } from 'node:fs';
import { type Clock, ExhibitError } from '../../../record/index.ts';
import { type AttestKey, parseAttestKey, parseSummary, readEnvelope } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';
import { Attested } from './attested.ts';
import { ledgerSource } from './ledger.ts';
import { AttestationLog, type Reader } from './log.ts';
import { Opener } from './opener.ts';
import { RegistryAttestations } from './registry.ts';
import { remoteSource } from './remote.ts';
import type { AttestationsSetting } from './settings.ts';
import type { AttestationSource } from './source.ts';

export type { Attestation, Attested } from './attested.ts';
export type { AttestationLog } from './log.ts';
export { passFields } from './passes.ts';

export interface AttestedOptions {
  setting: AttestationsSetting | undefined;
  /** Log of the server itself; undefined where another server keeps the evidence. */
  ledger: Reader | undefined;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Told when the first reading of the log failed; a review reads it again. */
  onFault(error: unknown): void;
}

/**
 * Undefined where the settings ask for no attestations.
 * @throws ExhibitError CONFIG_INVALID for a key that cannot be read
 */
export function openAttested(options: AttestedOptions): Attested | undefined {
  const { setting, ledger, env, clock, onFault } = options;
  if (setting === undefined) return undefined;
  const opener = new Opener(setting.keys.map(readKey));
  const sources: AttestationSource[] = [];
  if (ledger !== undefined && setting.ledger_days > 0) {
    const log = new AttestationLog(ledger, (bytes) => opener.open(bytes), setting.ledger_days, clock);
    log.look().catch(onFault);
    sources.push(ledgerSource(log, opener));
  }
  if (setting.server !== undefined) sources.push(remoteSource(setting.server, opener, env));
  if (setting.registries.length > 0) sources.push(new RegistryAttestations(setting, opener, env, clock));
  return new Attested(setting, opener, sources, clock);
}

/** Days in which attestations are found for other servers. */
const DAYS = 366;

/** What another server is told of. It trusts no key, and reads nothing before somebody asks. */
export function openLog(ledger: Reader, clock: Clock): AttestationLog {
  return new AttestationLog(
    ledger,
    (bytes) => parseSummary(readEnvelope(bytes).envelope.payload),
    DAYS,
    clock,
  );
}

function readKey(file: string): AttestKey {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `admission.attestations.keys: ${file} cannot be read`, {
      cause,
      location: { file },
    });
  }
  return parseAttestKey(nodeAttestCrypto.sha256, pem, file);
}
