import { type Announced, storedBundle } from '../../audit/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { type Digest, isExhibitError, type Verdict } from '../../record/index.ts';
import type { Collected, JudgedInput, Said } from './collect.ts';
import { type Again, Judge } from './judge-again.ts';

/** A verdict, or that the policy said nothing about the subject. */
export type Saying = Verdict | 'none';

/**
 * policy: the policies say something else. not_reproduced: the policies of then do not give the recorded verdict on the stored input
 * either, such as where what decided it was redacted. unknown: those policies are not kept.
 */
export type Cause = 'policy' | 'not_reproduced' | 'unknown';

export interface Difference {
  policy_id: string;
  rule_id: string;
  subject_id: string;
  layer: string;
  file: string;
  old: Saying;
  new: Saying;
  cause: Cause;
  input_ref: Digest;
  observed_at: string;
}

export interface Comparison {
  /** Inputs that were judged again. */
  judged: number;
  /** Inputs whose stored form is not there, or is no document. */
  not_stored: number;
  /** Verdicts that stay as they were. */
  same: number;
  differences: Difference[];
}

/** Judges every collected input with the new policies, and says which verdicts would not be the same. */
export async function compare(
  reader: LedgerReader,
  { inputs }: Collected,
  judge: Judge,
  files: () => Promise<ReadonlyMap<string, Announced>>,
  onJudged: (done: number) => void,
): Promise<Comparison> {
  const past = new Past(reader, files);
  const result: Comparison = { judged: 0, not_stored: 0, same: 0, differences: [] };
  try {
    for (const [i, input] of inputs.entries()) {
      onJudged(i);
      const bytes = await storedInput(reader, input.ref);
      const now = bytes === undefined ? undefined : await judge.again(input, bytes);
      if (bytes === undefined || now === undefined) {
        result.not_stored += 1;
        continue;
      }
      result.judged += 1;
      for (const [key, { old, after, said }] of pairs(input.said, now)) {
        if (old === after) result.same += 1;
        else result.differences.push(await past.explained(input, bytes, key, said, old, after));
      }
    }
  } finally {
    await past.close();
  }
  return result;
}

interface Pair {
  old: Saying;
  after: Saying;
  said: Pick<Said, 'policy_id' | 'rule_id' | 'subject_id'> & { bundle_digest?: Digest | undefined };
}

function pairs(before: ReadonlyMap<string, Said>, now: ReadonlyMap<string, Again>): Map<string, Pair> {
  const all = new Map<string, Pair>();
  for (const [key, said] of before)
    all.set(key, { old: said.verdict, after: now.get(key)?.verdict ?? 'none', said });
  for (const [key, again] of now)
    if (!all.has(key)) all.set(key, { old: 'none', after: again.verdict, said: again });
  return all;
}

async function storedInput(reader: LedgerReader, ref: Digest): Promise<Uint8Array | undefined> {
  try {
    return await reader.blob(ref);
  } catch (error) {
    if (isExhibitError(error, 'BLOB_MISSING')) return undefined;
    throw error;
  }
}

/** The policies of then, as far as the evidence keeps them. Each is opened at most once. */
class Past {
  readonly #reader: LedgerReader;
  readonly #files: () => Promise<ReadonlyMap<string, Announced>>;
  readonly #judges = new Map<string, Judge | undefined>();
  #known: ReadonlyMap<string, Announced> | undefined;

  constructor(reader: LedgerReader, files: () => Promise<ReadonlyMap<string, Announced>>) {
    this.#reader = reader;
    this.#files = files;
  }

  async explained(
    input: JudgedInput,
    bytes: Uint8Array,
    key: string,
    said: Pair['said'],
    old: Saying,
    after: Saying,
  ): Promise<Difference> {
    const { policy_id, rule_id, subject_id } = said;
    const { layer, file, ref, observed_at } = input;
    const cause = await this.#cause(input, bytes, key, said, old);
    return {
      policy_id,
      rule_id,
      subject_id,
      layer,
      file,
      old,
      new: after,
      cause,
      input_ref: ref,
      observed_at,
    };
  }

  async #cause(
    input: JudgedInput,
    bytes: Uint8Array,
    key: string,
    said: Pair['said'],
    old: Saying,
  ): Promise<Cause> {
    const digest = said.bundle_digest ?? [...input.said.values()][0]?.bundle_digest;
    const judge = digest === undefined ? undefined : await this.#judge(digest);
    if (judge === undefined) return 'unknown';
    const then = (await judge.again(input, bytes)).get(key)?.verdict ?? 'none';
    return then === old ? 'policy' : 'not_reproduced';
  }

  async #judge(digest: Digest): Promise<Judge | undefined> {
    if (this.#judges.has(digest)) return this.#judges.get(digest);
    this.#known ??= await this.#files();
    const files = this.#known.get(digest)?.lists[0];
    const bundle = files === undefined ? undefined : await storedBundle(this.#reader, digest, files);
    const judge = bundle === undefined ? undefined : await Judge.of(bundle);
    this.#judges.set(digest, judge);
    return judge;
  }

  async close(): Promise<void> {
    for (const judge of this.#judges.values()) await judge?.close();
  }
}
