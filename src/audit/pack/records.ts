import type { LedgerReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import type { PackBlobs } from './blobs.ts';
import type { PackWriter } from './writer.ts';

/** Most records of one kind that go in with their proofs; what is beyond is said. */
const MOST_RECORDS = 2_000;

/** Indexes of the records that a pack has with their proofs, each once. */
export class PackRecords {
  readonly #size: number;
  readonly #left_out: string[];
  readonly #named = new Set<number>();

  constructor(size: number, left_out: string[]) {
    this.#size = size;
    this.#left_out = left_out;
  }

  name(indexes: readonly unknown[], what: string): void {
    const all = indexes.filter((index): index is number => typeof index === 'number' && index < this.#size);
    if (all.length > MOST_RECORDS)
      this.#left_out.push(
        `${all.length - MOST_RECORDS} of ${all.length} ${what}, which the answers list: the first ${MOST_RECORDS} are there with proofs`,
      );
    for (const index of all.slice(0, MOST_RECORDS)) this.#named.add(index);
  }

  /** Writes them in the order of the log, each with its inclusion proof under the checkpoint of the pack, and the blobs that they name. */
  async write(
    reader: LedgerReader,
    writer: PackWriter,
    blobs: PackBlobs,
    progress: (done: number, total: number) => void,
  ): Promise<number> {
    const indexes = [...this.#named].sort((a, b) => a - b);
    for (const [done, index] of indexes.entries()) {
      if (done % 50 === 0) progress(done, indexes.length);
      const bytes = Uint8Array.from((await reader.entry(index)).bytes);
      writer.add({ path: `records/${index}.json`, bytes });
      const proof = new TextEncoder().encode(await reader.proof(index, 'checkpoint'));
      writer.add({ path: `records/${index}.tlog-proof`, bytes: proof });
      for (const [digest, what] of blobsOf(parseRecord(bytes))) await addBlob(blobs, digest, what);
    }
    return indexes.length;
  }
}

/** A bundle is a list of files, so what the list names goes in as well: its rules, its data, its signature. */
async function addBlob(blobs: PackBlobs, digest: string, what: string): Promise<void> {
  const bytes = await blobs.add(digest, what);
  if (what !== FILES || bytes === undefined) return;
  for (const file of filesIn(bytes)) await blobs.add(file, FILES);
}

const FILES = 'files of bundles';

function filesIn(bytes: Uint8Array): string[] {
  const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!Array.isArray(list)) return [];
  return list.flatMap((file: { digest?: unknown }) =>
    typeof file?.digest === 'string' ? [file.digest] : [],
  );
}

/** What a record names and an answer rests on: maps and frameworks, files of bundles, documents, rows that were kept, tokens. */
function blobsOf({ record_type, control_map_digest, details = {} }: EvidenceRecord): [string, string][] {
  const named: [unknown, string][] = [];
  switch (record_type) {
    case 'policy':
    case 'manifest':
      named.push([control_map_digest, 'control maps'], [details.frameworks_digest, 'frameworks']);
      named.push([details.policies_digest, 'policies'], [details.overrides_digest, 'overrides']);
      named.push([details.emitters_digest, 'expected emitters']);
      named.push([details.files_digest, record_type === 'policy' ? FILES : 'lists of files']);
      break;
    case 'manual':
      named.push([details.digest, 'manual evidence']);
      break;
    case 'query':
      named.push([details.rows_digest, 'rows of saved answers']);
      break;
    case 'timestamp':
      named.push([details.blob, 'time stamps']);
      break;
    default:
  }
  return named.filter((one): one is [string, string] => typeof one[0] === 'string');
}
