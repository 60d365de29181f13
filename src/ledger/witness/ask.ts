import { ExhibitError, isExhibitError } from '../../record/index.ts';
import {
  formatAddCheckpoint,
  formatSignature,
  openNote,
  parseNote,
  TLOG_SIZE_TYPE,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { WitnessSetting } from './types.ts';
import type { LogView } from './view.ts';

/** Longest answer that is read: a checkpoint with many signatures of ML-DSA-44. */
const MAX_ANSWER = 512 * 1024;

export type Answered =
  | { kind: 'cosigned'; lines: string[] }
  | { kind: 'known'; size: number }
  | { kind: 'inconsistent'; message: string }
  | { kind: 'away' | 'refused'; message: string };

/**
 * Asks a witness once. Never throws for what the witness does.
 * @param timeout milliseconds for the whole answer
 * @see c2sp.org/tlog-witness, "add-checkpoint"
 */
export async function ask(
  witness: WitnessSetting,
  view: LogView,
  { old, proof }: { old: number; proof: Uint8Array[] },
  timeout: number,
): Promise<Answered> {
  const body = formatAddCheckpoint({ old, proof, note: view.note });
  const answer = await request(`${witness.url}/add-checkpoint`, timeout, { method: 'POST', body });
  if ('failed' in answer) return { kind: 'away', message: answer.failed };
  const { status, type, text } = answer;
  const said = `${status}: ${JSON.stringify(text.trim().slice(0, 200))}`;
  switch (status) {
    case 200:
      return cosignatures(witness, view, text);
    case 409:
      return type.split(';')[0]?.trim() === TLOG_SIZE_TYPE && /^(0|[1-9]\d{0,15})\n$/.test(text)
        ? { kind: 'known', size: Number(text) }
        : { kind: 'refused', message: `it answered ${said}, which names no size` };
    case 422:
      return { kind: 'inconsistent', message: `it answered ${said}` };
    case 404:
      return { kind: 'refused', message: `it does not know the log ${view.origin} (${said})` };
    case 403:
      return { kind: 'refused', message: `it does not know the key that signs the log (${said})` };
    default:
      return { kind: status >= 500 || status === 429 ? 'away' : 'refused', message: `it answered ${said}` };
  }
}

/** Takes the cosignatures of the witness's own keys out of an answer. Lines of other keys are ignored. */
function cosignatures({ keys }: WitnessSetting, { note, keys: own }: LogView, text: string): Answered {
  try {
    const together = `${note}${text}`;
    const opened = openNote(together, [...own, ...keys], nodeCrypto);
    const signers = opened.signers.filter(({ key }) => keys.includes(key));
    if (opened.text !== parseNote(note).text || signers.length === 0)
      return { kind: 'refused', message: 'it answered without a cosignature of the key that is known of it' };
    if (signers.some(({ time }) => time === undefined || time === 0))
      return { kind: 'refused', message: 'its cosignature states no time' };
    const lines = parseNote(together).signatures.flatMap(({ name, id, signature }) => {
      const key = keys.find((one) => one.name === name && one.id === id);
      return key === undefined ? [] : [formatSignature(key, signature)];
    });
    return { kind: 'cosigned', lines: [...new Set(lines)] };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { kind: 'refused', message: `its answer does not hold: ${error.message}` };
  }
}

/** The checkpoint of a log that a witness shows, as it came; undefined where it shows none. */
export async function fetchKnown(url: string, hash: string, timeout: number): Promise<string | undefined> {
  const answer = await request(`${url}/${hash}/checkpoint`, timeout, {});
  return 'status' in answer && answer.status === 200 ? answer.text : undefined;
}

type Got = { status: number; type: string; text: string } | { failed: string };

async function request(url: string, timeout: number, init: RequestInit): Promise<Got> {
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    const text = await read(response);
    return { status: response.status, type: response.headers.get('content-type') ?? '', text };
  } catch (error) {
    return { failed: reasonOf(error, timeout) };
  }
}

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER)
      throw new ExhibitError('REQUEST_TOO_LARGE', `it answers with more than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return 'it cannot be reached';
  if (error.name === 'TimeoutError') return `it did not answer within ${timeout / 1_000} s`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return `it cannot be reached (${code})`;
  return cause instanceof Error ? `it cannot be reached (${cause.message})` : error.message;
}
