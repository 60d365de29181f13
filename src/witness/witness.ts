import { type Clock, ExhibitError, isExhibitError, toHex } from '../record/index.ts';
import {
  type AddCheckpoint,
  type Checkpoint,
  emptyRoot,
  formatNote,
  formatSignature,
  openNote,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVkey,
  type VerifierKey,
  verifyConsistency,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import type { WitnessSigner } from './keys.ts';
import type { KnownLog, WitnessState } from './state.ts';

/** What a witness answers. @see c2sp.org/tlog-witness, "add-checkpoint" */
export type Answer =
  /** The cosignatures, a line each. */
  | { status: 200; origin: string; size: number; lines: string }
  /** The size that the witness knows. */
  | { status: 409; origin: string; size: number; fork: boolean; message: string }
  | { status: 400 | 403 | 404 | 422; origin: string | undefined; fork: boolean; message: string };

/** Durable steps, for tests that stop the process there. */
export const WITNESS_STEPS = ['cosigned', 'persisted'] as const;
export type WitnessStep = (typeof WITNESS_STEPS)[number];
export type OnWitnessStep = (step: WitnessStep) => void;

export interface WitnessOptions {
  state: WitnessState;
  signers: readonly WitnessSigner[];
  clock: Clock;
  onStep?: OnWitnessStep;
}

/** Co-signs a checkpoint of a known log that goes on from the last one; it says nothing about what is in the log. */
export class Witness {
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /**
   * @param body of a request, attacker-controlled
   * @throws ExhibitError LEDGER_IO where it could not be made durable; then nothing was co-signed
   */
  addCheckpoint(body: Uint8Array): Answer {
    const { state, onStep = () => undefined } = this.#options;
    let request: AddCheckpoint;
    let origin: string;
    try {
      request = parseAddCheckpoint(body);
      origin = parseNote(request.note).text.split('\n')[0] ?? '';
    } catch (error) {
      return { status: 400, origin: undefined, fork: false, message: reason(error) };
    }
    // Read, compared and written alone: of two requests at once the second one sees what the first one has written.
    const answer = state.alone(() => {
      const log = state.log(origin);
      if (log === undefined)
        return { status: 404, origin: undefined, fork: false, message: 'the log is not known here' } as const;
      return this.#answer(log, request);
    });
    // Survives a crash: what was co-signed. The cosignature was not given out yet; the log asks again and gets another one.
    if (answer.status === 200) onStep('persisted');
    return answer;
  }

  #answer(log: KnownLog, { old, proof, note }: AddCheckpoint): Answer {
    const { origin } = log;
    const no = (status: 400 | 403 | 422, message: string, fork = false): Answer => ({
      status,
      origin,
      message,
      fork,
    });
    const keys = log.vkeys.map((vkey) => parseVkey(nodeCrypto.sha256, vkey));
    let text: string;
    let signers: VerifierKey[];
    try {
      const opened = openNote(note, keys, nodeCrypto);
      text = opened.text;
      signers = opened.signers.map(({ key }) => key);
    } catch (error) {
      return no(403, reason(error));
    }
    let checkpoint: Checkpoint;
    try {
      checkpoint = parseCheckpoint(text);
    } catch (error) {
      return no(400, reason(error));
    }
    const { size } = checkpoint;
    if (old > size) return no(400, `the old size ${old} is larger than the checkpoint (${size})`);
    const fork = log.note !== undefined && size === log.size && toHex(checkpoint.root) !== log.root;
    if (fork) this.#suspect(log, checkpoint, 'fork', note);
    if (old !== log.size)
      return { status: 409, origin, size: log.size, fork, message: `known is size ${log.size}, not ${old}` };
    const root1 = log.note === undefined ? emptyRoot(nodeCrypto.sha256) : Buffer.from(log.root, 'hex');
    try {
      const claim = { size1: old, root1, size2: size, root2: checkpoint.root, proof };
      verifyConsistency(nodeCrypto.sha256, claim);
    } catch (error) {
      if (!isExhibitError(error, 'PROOF_INVALID')) throw error;
      if (!fork) this.#suspect(log, checkpoint, 'unproven', note);
      return no(422, error.message, fork);
    }
    return this.#again(log, text) ?? this.#cosign(checkpoint, text, note, signers);
  }

  /** The same answer within the same second: who repeats a checkpoint, which is public, does not make the disk busy. */
  #again({ note, at, origin, size }: KnownLog, text: string): Answer | undefined {
    const { signers, clock } = this.#options;
    const same = note !== undefined && Math.floor(at / 1_000) === Math.floor(clock() / 1_000);
    if (!same || parseNote(note).text !== text) return undefined;
    const keys = signers.map(({ key }) => key);
    return { status: 200, origin, size, lines: signatureLines(note, keys).join('') };
  }

  #cosign(checkpoint: Checkpoint, text: string, note: string, keys: readonly VerifierKey[]): Answer {
    const { state, signers, clock, onStep = () => undefined } = this.#options;
    const { origin, size, root } = checkpoint;
    const at = clock();
    let lines: string;
    try {
      lines = signers.map((signer) => signer.cosign(text, Math.floor(at / 1_000))).join('');
    } catch (error) {
      if (!isExhibitError(error, 'CHECKPOINT_INVALID')) throw error;
      return { status: 400, origin, message: reason(error), fork: false };
    }
    // Survives a crash: nothing. Neither the checkpoint nor the cosignature has left this function.
    onStep('cosigned');
    const kept = formatNote(text, [...signatureLines(note, keys), lines]);
    state.setKnown(origin, { size, root: toHex(root), note: kept, at });
    return { status: 200, origin, size, lines };
  }

  #suspect(log: KnownLog, { size, root }: Checkpoint, kind: 'fork' | 'unproven', note: string): void {
    const { state, clock } = this.#options;
    state.addSuspect({
      origin: log.origin,
      size,
      root: toHex(root),
      kind,
      at: clock(),
      note,
      known: log.note ?? '',
    });
  }
}

/** The lines of a note that keys have signed which were found to be good. */
function signatureLines(note: string, keys: readonly VerifierKey[]): string[] {
  return parseNote(note).signatures.flatMap(({ name, id, signature }) => {
    const key = keys.find((one) => one.name === name && one.id === id);
    return key === undefined ? [] : [formatSignature(key, signature)];
  });
}

function reason(error: unknown): string {
  if (error instanceof ExhibitError) return error.message;
  throw error;
}
