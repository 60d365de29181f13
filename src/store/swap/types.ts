/** A text and the tag that says which writing of it this is. */
export interface Held {
  text: string;
  tag: string;
}

/**
 * One text that several writers would like to replace: a write counts only where nobody else has written since it was read
 * (compare and swap). Whoever writes a text that is new each time, such as one with a random part, can tell its own from another.
 */
export interface SwapCell {
  /** Where it is, for messages. */
  readonly name: string;
  /** Undefined where nothing was written yet. @throws ExhibitError STORE_FAILED, LEDGER_IO */
  read(): Promise<Held | undefined>;
  /**
   * Replaces the text that was read with a tag; undefined stands for none. An answer that was lost is looked up.
   * @returns the tag of the new text; undefined where another text is there
   * @throws ExhibitError STORE_FAILED, LEDGER_IO: then it is not known which text is there
   */
  swap(tag: string | undefined, text: string): Promise<string | undefined>;
  /** Tries it out, where a server may take the condition and not heed it. @throws ExhibitError STORE_FAILED */
  prove(): Promise<void>;
  close(): void;
}

/** Longest text, bytes: an item of DynamoDB has at most 400 KB. */
export const MOST_CELL_BYTES = 300_000;
