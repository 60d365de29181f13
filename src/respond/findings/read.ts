import { z } from 'zod';
import { FEW_RECORDS } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { isDigest, isExhibitError, type Layer } from '../../record/index.ts';
import { type Entry, factOf, parseEntry } from './fact.ts';
import { factsOfMetadata } from './key.ts';
import { placesByLake, placesByLog, wantedBy } from './places.ts';
import type { BundleFact, Fact, SubjectFacts } from './types.ts';

export interface FactsOptions {
  /** Fails at admission that were not refused are findings, too. */
  admission: boolean;
  progress?: (done: number, total: number) => void;
  /** A log of fewer records is read without asking the lake, which takes longer to answer; 200,000 unless given. */
  few?: number;
}

export interface ReadFacts {
  facts: Fact[];
  /** Policies of one meaning, of the control map that was announced last. */
  groups: string[][];
  /** Verdicts at the layers that were asked for: where there are none, that nothing failed says nothing. */
  judged: number;
  /** Inputs, overrides and control maps that a record names and that are not in the log: what is in them is not known. */
  missing_inputs: number;
  ledger: { origin: string; size: number; root: string };
}

/**
 * Reads of the log what findings are made of. Where that stands the lake says, where it has the whole log, else a first reading of all of it: memory grows
 * with fails and with the verdicts on what once failed, not with all that passes.
 * @throws ExhibitError LEDGER_..., BLOB_DIGEST
 */
export async function readFacts(reader: LedgerReader, options: FactsOptions): Promise<ReadFacts> {
  const { origin, size, root } = await reader.checkpoint();
  const layers: Layer[] = options.admission ? ['runtime', 'admission'] : ['runtime'];
  let done = 0;
  let total = 2 * size;
  const tick = () => {
    done += 1;
    if (done % 1_000 === 0) options.progress?.(done, total);
  };
  const { blocks, failed, judged } =
    (size < (options.few ?? FEW_RECORDS) ? undefined : await placesByLake(reader, size, layers)) ??
    (await placesByLog(reader, size, layers, tick));
  const wanted = wantedBy(layers);
  const facts: Fact[] = [];
  const inputs = new Inputs(reader);
  let missing = 0;
  const named: Named = async (digest) => {
    const value = await jsonAt(reader, digest);
    if (value === undefined) missing += 1;
    return value;
  };
  let groups: string[][] = [];
  total = done + blocks.entries(size);
  for await (const { bytes } of blocks.read(reader, size)) {
    tick();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!wanted(buffer)) continue;
    const record = parseEntry(JSON.parse(buffer.toString()));
    if (record.record_type === 'policy') {
      groups = (await groupsOf(named, record)) ?? groups;
      facts.push(...(await bundleOf(named, record)));
      continue;
    }
    const fact = factOf(record, options.admission);
    if (fact === undefined) continue;
    if ('subject_id' in fact && !failed.has(fact.subject_id)) continue;
    if ((fact.what === 'fail' || fact.what === 'waived') && fact.facts === undefined) {
      const known = await inputs.facts(record);
      facts.push(known === undefined ? fact : { ...fact, facts: known });
    } else facts.push(fact);
  }
  return { facts, groups, judged, missing_inputs: inputs.missing + missing, ledger: { origin, size, root } };
}

const policyDetails = z.object({
  lineage: z.string().optional(),
  overrides_digest: z.string().optional(),
  policies_digest: z.string().optional(),
});
const layered = z.array(z.object({ id: z.string(), layers: z.record(z.string(), z.unknown()) }));
const digests = z.array(z.object({ digest: z.string() }));

type Named = (digest: `sha256:${string}`) => Promise<unknown>;

/**
 * Undefined where it is not there, or no JSON: whoever may send a record names any blob in it, and one such record must not hide all findings.
 * @throws ExhibitError BLOB_DIGEST
 */
async function jsonAt(reader: LedgerReader, digest: `sha256:${string}`): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await reader.blob(digest)).toString());
  } catch (error) {
    if (error instanceof SyntaxError || isExhibitError(error, 'BLOB_MISSING')) return undefined;
    throw error;
  }
}

/** What a bundle waives and judges by; nothing where the log does not say it. */
async function bundleOf(named: Named, record: Entry): Promise<Fact[]> {
  const read = policyDetails.safeParse(record.details);
  const { lineage, overrides_digest, policies_digest } = read.data ?? {};
  if (lineage === undefined || overrides_digest === undefined || !isDigest(overrides_digest)) return [];
  const all = digests.safeParse(await named(overrides_digest));
  if (!all.success) return [];
  const recorded = Date.parse(record.recorded_at);
  const overrides = all.data.map(({ digest }) => digest).filter(isDigest);
  const policies = await policiesOf(named, policies_digest);
  const { record_id, policy_revision: revision } = record;
  return [
    {
      ...{ what: 'bundle', record_id, recorded, at: recorded, lineage, overrides },
      ...(policies === undefined ? {} : { policies }),
      ...(revision === undefined ? {} : { revision }),
    },
  ];
}

async function policiesOf(named: Named, digest: string | undefined): Promise<BundleFact['policies']> {
  if (digest === undefined || !isDigest(digest)) return undefined;
  const all = layered.safeParse(await named(digest));
  if (!all.success) return undefined;
  return new Map(all.data.map(({ id, layers }) => [id, new Set(Object.keys(layers))]));
}

const controlMap = z.object({ groups: z.array(z.object({ policy_ids: z.array(z.string()) })).optional() });

async function groupsOf(named: Named, record: Entry): Promise<string[][] | undefined> {
  const digest = record.control_map_digest;
  if (digest === undefined || !isDigest(digest)) return undefined;
  const map = controlMap.safeParse(await named(digest));
  if (!map.success) return undefined;
  return map.data.groups?.map(({ policy_ids }) => policy_ids) ?? [];
}

const MOST_INPUTS = 10_000;
/** An object of Kubernetes, what an API server asks about one, or an item of an inventory with tags. */
const input = z.union([
  z
    .object({
      kind: z.literal('AdmissionReview'),
      request: z.object({ object: z.object({ metadata: z.unknown() }) }),
    })
    .transform(({ request }) => request.object.metadata),
  z.object({ metadata: z.looseObject({}) }).transform(({ metadata }) => metadata),
  z.object({ tags: z.unknown() }),
]);

/** Metadata of the objects that were judged, from the inputs that are stored with their records. */
class Inputs {
  readonly #reader: LedgerReader;
  readonly #known = new Map<string, SubjectFacts | undefined>();
  missing = 0;

  constructor(reader: LedgerReader) {
    this.#reader = reader;
  }

  async facts({ input_ref }: Entry): Promise<SubjectFacts | undefined> {
    if (input_ref === undefined || !isDigest(input_ref)) return undefined;
    if (this.#known.has(input_ref)) return this.#known.get(input_ref);
    const found = await this.#read(input_ref);
    if (this.#known.size < MOST_INPUTS) this.#known.set(input_ref, found);
    return found;
  }

  async #read(digest: `sha256:${string}`): Promise<SubjectFacts | undefined> {
    try {
      const value: unknown = JSON.parse(Buffer.from(await this.#reader.blob(digest)).toString());
      return factsOfMetadata(input.safeParse(value).data);
    } catch (error) {
      if ((error as { code?: string }).code === 'BLOB_DIGEST') throw error;
      this.missing += 1;
      return undefined;
    }
  }
}
