import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';
import { askingServer } from '../../policy/index.ts';
import { type Digest, isDigest } from '../../record/index.ts';

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));
const detailsSchema = z.looseObject({ policies_digest: digest, files_digest: digest.optional() });
const policiesSchema = z.array(
  z.looseObject({
    id: z.string(),
    layers: z.record(z.string(), z.string()),
    package: z.string().optional().catch(undefined),
  }),
);
const filesSchema = z.array(z.looseObject({ name: z.string(), digest }));

/** What bundles in the log say of their policies. */
export class BundlesTold {
  readonly blocking_in_ci = new Set<string>();
  /** By what their rules read, whatever they are called. */
  readonly asking_for_a_pass = new Set<string>();
  readonly #reader: Pick<LogReader, 'blob'>;
  /** Most modules of two bundles are the same. */
  readonly #modules = new Map<Digest, Uint8Array>();

  constructor(reader: Pick<LogReader, 'blob'>) {
    this.#reader = reader;
  }

  /**
   * @param details of the record of a bundle; another emitter's word for one says nothing
   * @throws ExhibitError BLOB_MISSING, BLOB_DIGEST
   */
  async add(details: unknown): Promise<void> {
    const told = detailsSchema.safeParse(details).data;
    if (told === undefined) return;
    const policies = policiesSchema.safeParse(await this.#json(told.policies_digest)).data ?? [];
    for (const { id, layers } of policies) if (layers.ci === 'enforce') this.blocking_in_ci.add(id);
    if (told.files_digest === undefined) return;
    const files = filesSchema.safeParse(await this.#json(told.files_digest)).data ?? [];
    const modules = new Map<string, Uint8Array>();
    for (const { name, digest: of } of files)
      if (name.endsWith('.rego')) modules.set(name, await this.#module(of));
    for (const id of askingServer(policies, modules)) this.asking_for_a_pass.add(id);
  }

  async #module(of: Digest): Promise<Uint8Array> {
    const bytes = this.#modules.get(of) ?? (await this.#reader.blob(of));
    this.#modules.set(of, bytes);
    return bytes;
  }

  async #json(of: Digest): Promise<unknown> {
    return JSON.parse(Buffer.from(await this.#reader.blob(of)).toString());
  }
}
