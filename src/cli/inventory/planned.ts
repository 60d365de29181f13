import type { UnnumberedRecord } from '../../engine/index.ts';
import { entriesWhere, oneOf } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import {
  type Identities,
  identitiesOfEntry,
  identitiesOfPlanned,
  inventoryEntry,
  type PlannedBy,
  plannedField,
  plannedResources,
} from '../../watch/index.ts';
import type { Load } from './stored.ts';

const MARK = '"layer":"ci"';
/** Most passes of one policy that are compared with what fails; the newest ones. */
const MOST = 2_000;

interface Pass {
  address: string;
  record_id: string;
  input_ref: string | undefined;
  bundle_digest: string | undefined;
  run_id: string | undefined;
  change: string | undefined;
  commit: string | undefined;
}

/**
 * Of what fails at runtime and was never judged there before: the pass of the plan by which it was made. A plan names resources by their
 * addresses, so both are the same where the plan holds the cloud's own id of it, or its name and no other that passed has that name.
 * @param fails records of fails, without a word at runtime before them
 */
export class PlannedPasses {
  readonly #passes: ReadonlyMap<string, Pass[]>;
  readonly #load: Load;
  readonly #index = new Map<string, Known>();

  private constructor(passes: ReadonlyMap<string, Pass[]>, load: Load) {
    this.#passes = passes;
    this.#load = load;
  }

  static async read(
    reader: LedgerReader,
    fails: readonly UnnumberedRecord[],
    load: Load,
    few?: number,
  ): Promise<PlannedPasses> {
    const passes = new Map<string, Pass[]>();
    if (fails.length === 0) return new PlannedPasses(passes, load);
    const wanted = new Set(fails.map(keyOf));
    const { size } = await reader.checkpoint();
    const policies = new Set(fails.flatMap(({ policy_id }) => policy_id ?? []));
    const judged = {
      sql: `record_type = 'decision' AND layer = 'ci' AND ${oneOf('policy_id', policies)}`,
      marked: (bytes: Buffer) => bytes.includes(MARK),
    };
    for await (const { bytes } of entriesWhere(reader, { from: 0, to: size }, judged, { few })) {
      const record = parseRecord(bytes);
      const { record_type, verdict, subject_id: address, ext } = record;
      if (record_type !== 'decision' || address === undefined || !wanted.has(keyOf(record))) continue;
      if (ext?.includes('"simulated":true') === true) continue;
      const known = passes.get(keyOf(record)) ?? [];
      // What fails or is unknown in a later plan is not what passed any more.
      const others = known.filter((one) => one.address !== address);
      const { record_id, input_ref, bundle_digest, run_id, change, commit } = record;
      const pass = { record_id, input_ref, bundle_digest, run_id, change, commit, address };
      passes.set(keyOf(record), verdict === 'pass' ? [...others, pass].slice(-MOST) : others);
    }
    return new PlannedPasses(passes, load);
  }

  /** What passed of a policy, by its identities; each plan is read once. */
  async #known(key: string): Promise<Known> {
    const before = this.#index.get(key);
    if (before !== undefined) return before;
    const index = new Map<string, Planned[]>();
    let plan: { ref: string | undefined; resources: ReturnType<typeof plannedResources> } | undefined;
    for (const pass of this.#passes.get(key) ?? []) {
      if (plan === undefined || plan.ref !== pass.input_ref)
        plan = { ref: pass.input_ref, resources: plannedResources(await this.#load(pass.input_ref)) };
      const values = plan.resources.get(pass.address);
      if (values === undefined) continue;
      const own = identitiesOfPlanned(values);
      const planned = { pass, values };
      for (const by of ['id', 'name'] as const)
        for (const text of own[by]) {
          const there = index.get(`${by} ${text}`);
          if (there === undefined) index.set(`${by} ${text}`, [planned]);
          else there.push(planned);
        }
    }
    this.#index.set(key, index);
    return index;
  }

  /** Details of the record: the pass, by what both are the same, and the field. */
  async link(record: UnnumberedRecord, input: unknown): Promise<UnnumberedRecord> {
    const entry = inventoryEntry(input, record.subject_id ?? '');
    if (entry === undefined) return record;
    const known = await this.#known(keyOf(record));
    const own = identitiesOfEntry(entry);
    const sure = found(known, 'id', own);
    const by = sure.length > 0 ? 'id' : 'name';
    const [one, ...others] = by === 'id' ? sure : found(known, 'name', own);
    // Two resources of one name: which one it is, nobody can say.
    if (one === undefined || others.length > 0) return record;
    const { pass, values } = one;
    const path = Array.isArray(record.details?.path) ? record.details.path : [];
    const field = plannedField(values, entry, path);
    const ci = { run_id: pass.run_id, change: pass.change, commit: pass.commit };
    const drift = {
      ...{ before: pass.record_id, layer: 'ci', planned_as: pass.address, same_by: by, ci },
      ...(pass.bundle_digest === record.bundle_digest ? {} : { bundle_changed: true }),
      ...(field === undefined ? { changed: [], object_unknown: true } : { changed: [field] }),
    };
    const more = JSON.parse(JSON.stringify({ drift })) as UnnumberedRecord['details'];
    return { ...record, details: { ...record.details, ...more } };
  }
}

interface Planned {
  pass: Pass;
  values: Readonly<Record<string, unknown>>;
}

/** By `id ...` and `name ...`. */
type Known = ReadonlyMap<string, readonly Planned[]>;

function found(known: Known, by: PlannedBy, own: Identities): Planned[] {
  return [...new Set(own[by].flatMap((text) => known.get(`${by} ${text}`) ?? []))];
}

type Named = Pick<EvidenceRecord, 'policy_id' | 'rule_id' | 'subject_type' | 'environment'>;

const keyOf = ({ policy_id, rule_id, subject_type, environment }: Named): string =>
  JSON.stringify([policy_id, rule_id, subject_type, environment ?? null]);
