const ENDING = '.spool';

/** One file of a spool, before it has a folder. */
export interface FileName {
  /** In the order in which they were written. */
  generation: number;
  /** Number of the first own record that it may hold. */
  first: number;
}

/**
 * The name of a file carries the next number, and there is always one file: so numbers go on after a restart, also where all
 * that was kept was sent and removed. The spool's id makes frames of it that nobody who sends records can make.
 */
export function fileName(id: string, { generation, first }: FileName): string {
  return `${id}-${String(generation).padStart(12, '0')}-${first}${ENDING}`;
}

/** Undefined for what is no file of this spool. */
export function parseFileName(id: string, name: string): FileName | undefined {
  const [, own, generation, first] = /^([0-9a-f]+)-(\d{12})-(\d+)\.spool$/.exec(name) ?? [];
  return own === id ? { generation: Number(generation), first: Number(first) } : undefined;
}
