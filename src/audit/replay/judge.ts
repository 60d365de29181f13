import type { InputDocument } from '../../inputs/index.ts';
import { type Digest, isExhibitError } from '../../record/index.ts';
import { type Again, type AskedOnce, keyOf, sayAgain } from './say.ts';
import type { Loaded, Refused } from './shelf.ts';
import { storedDocument } from './stored-input.ts';

/** Decisions of one run about one input. */
export interface OneInput {
  input_ref: Digest;
  asked: readonly AskedOnce[];
}

export type ReadBlob = (digest: Digest) => Promise<Uint8Array>;

/** Inputs that are judged in one go, and of how many bytes: more of them would only take memory. */
const MOST_AT_ONCE = 128;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Judges inputs again at one time and layer, and gives what is said of each decision that was asked for: undefined where nothing is
 * said of its subject.
 */
export async function judgeAgain(
  loaded: Loaded,
  inputs: readonly OneInput[],
  read: ReadBlob,
): Promise<Map<AskedOnce, Again | Refused | undefined>> {
  const said = new Map<AskedOnce, Again | Refused | undefined>();
  let [waiting, bytes]: [Waiting[], number] = [[], 0];
  for (const input of inputs) {
    const found = await documentOf(input, read);
    if ('reason' in found) {
      for (const one of input.asked) said.set(one, found);
      continue;
    }
    waiting.push({ input, document: found.document });
    bytes += found.bytes;
    if (waiting.length < MOST_AT_ONCE && bytes < MOST_BYTES) continue;
    await judgeTogether(loaded, waiting, said);
    [waiting, bytes] = [[], 0];
  }
  await judgeTogether(loaded, waiting, said);
  return said;
}

interface Waiting {
  input: OneInput;
  document: InputDocument;
}

async function judgeTogether(
  { bundle, engine, clock, expires }: Loaded,
  waiting: readonly Waiting[],
  said: Map<AskedOnce, Again | Refused | undefined>,
): Promise<void> {
  const first = waiting[0]?.input.asked[0];
  if (first === undefined) return;
  const { layer, observed_at } = first.record;
  clock.now = Date.parse(observed_at);
  const judged = await engine.judgeMany(
    waiting.map(({ document }) => document),
    layer,
  );
  for (const [at, { input, document }] of waiting.entries()) {
    for (const [, group] of Map.groupBy(input.asked, circumstances)) {
      const file = group[0]?.record.file ?? '';
      const placed = file === document.file ? document : { ...document, file };
      const found = await sayAgain({ bundle, expires }, group, placed, judged[at] ?? []);
      // What is judged whole may be named by its file, and that is not the file of every decision about it.
      const own = placed !== document && group.some((one) => !found.has(keyOf(one)));
      const again = own
        ? await sayAgain({ bundle, expires }, group, placed, await engine.judge(placed, layer))
        : found;
      for (const one of group) said.set(one, again.get(keyOf(one)));
    }
  }
}

/** The document of an input, or why there is none. */
export async function documentOf(
  { input_ref, asked }: OneInput,
  read: ReadBlob,
): Promise<{ document: InputDocument; bytes: number } | Refused> {
  const [one] = asked;
  try {
    const bytes = await read(input_ref);
    const { input_kind, document } = one?.details ?? {};
    const stored = storedDocument(
      {
        file: one?.record.file ?? '',
        ...(typeof input_kind === 'string' ? { kind: input_kind } : {}),
        raw_digest: one?.record.input_digest as Digest,
        index: typeof document === 'number' ? document : 0,
      },
      bytes,
    );
    return { document: stored, bytes: bytes.length };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    switch (error.code) {
      case 'BLOB_MISSING':
        return {
          reason: 'input_missing',
          text: `the stored input ${input_ref} is not among the blobs of the evidence`,
        };
      case 'BLOB_DIGEST':
        return {
          reason: 'input_exchanged',
          text: `the stored input is not the one that was judged: ${error.message}`,
        };
      default:
        return { reason: 'input_unreadable', text: `the stored input cannot be read: ${error.message}` };
    }
  }
}

/** What else decides what is done about a verdict. */
function circumstances({ record, facts }: AskedOnce): string {
  const { environment, repository, file, verdict } = record;
  return JSON.stringify([environment, repository, file, facts?.fail_on, verdict === 'not_evaluated']);
}
