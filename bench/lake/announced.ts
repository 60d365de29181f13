import type { Ledger } from '../../src/ledger/index.ts';
import { canonicalize, type Digest } from '../../src/record/index.ts';

export const CONTROLS = 32;
export const POLICIES = 120;
/** Sources that number their records. */
export const EMITTERS = 4;

const encode = (value: unknown) => new TextEncoder().encode(canonicalize(value as never));

/** What the one policy record of a year names: blobs beside the log. */
export interface Announced {
  control_map_digest: Digest;
  frameworks_digest: Digest;
  policies_digest: Digest;
  overrides_digest: Digest;
  emitters_digest: Digest;
  override_digest: Digest;
}

/** Puts what a policy record announces beside the log. */
export async function announce(ledger: Pick<Ledger, 'putBlob'>): Promise<Announced> {
  const put = (value: unknown) => ledger.putBlob(encode(value));
  const override_digest = await put({ id: 'OV-1', owner: 'storage team' });
  return {
    control_map_digest: await put(controlMap()),
    frameworks_digest: await put([
      framework('soc2', 0, 20, (at) => `cc${at}.1`),
      framework('iso27001', 20, CONTROLS, (at) => `a.${at}`),
    ]),
    policies_digest: await put(Array.from({ length: POLICIES }, (_, at) => policy(at))),
    overrides_digest: await put([{ id: 'OV-1', digest: override_digest }]),
    emitters_digest: await put(Array.from({ length: EMITTERS }, (_, at) => emitter(at))),
    override_digest,
  };
}

/** 20 controls of soc2 and 12 of iso27001; each policy supports two or three of them. */
function controlMap() {
  const control = (at: number) => (at < 20 ? `soc2/cc${at}.1` : `iso27001/a.${at}`);
  const entries = Array.from({ length: POLICIES }, (_, at) =>
    Array.from({ length: 2 + (at % 4 === 0 ? 1 : 0) }, (_one, link) => ({
      policy_id: `policy-${at}`,
      control: control((at + 11 * link) % CONTROLS),
      rationale: 'bench',
      strength: 'partial',
    })),
  );
  return { schema: 'exhibit.control-map/1', entries: entries.flat() };
}

function framework(id: string, from: number, to: number, name: (at: number) => string) {
  const controls = Array.from({ length: to - from }, (_, at) => ({
    id: `${id}/${name(from + at)}`,
    title: `Control ${name(from + at)}`,
    summary: 'A control of the bench.',
    coverage: 'automated',
  }));
  return { id, title: id, version: '1', controls };
}

function policy(at: number) {
  return {
    id: `policy-${at}`,
    title: `Policy ${at}`,
    description: 'A policy of the bench.',
    severity: 'high',
    owner: 'platform',
    cadence: 'P1D',
    since: '2025-01-01',
    layers: { ci: 'enforce' },
    remediation: 'Encrypt the storage.',
    inputs: ['terraform-plan'],
    file: `policies/policy-${at}/policy.rego`,
  };
}

function emitter(at: number) {
  return { name: `ci-${at}`, owner: 'platform', cadence: 'P1D', since: '2025-01-01' };
}
