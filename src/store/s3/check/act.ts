import type { S3 } from '@aws-sdk/client-s3';
import { ExhibitError } from '../../../record/index.ts';
import type { Connection } from '../connection.ts';
import type { Asked } from '../faults.ts';
import type { Tried } from './types.ts';

export const ok = (why: string): Tried => ({ result: 'ok', why });
export const notOk = (why: string): Tried => ({ result: 'not_ok', why });
export const notKnown = (why: string): Tried => ({ result: 'not_known', why });

/** What became of something that a lock should refuse. */
export type Outcome<T> = { did: 'done'; answer: T } | { did: 'refused' | 'failed'; said: string };

/** Tries something that may be refused. Refused is 403 alone: any other answer tells nothing about the lock. */
export async function attempt<T>(
  connection: Connection,
  asked: Asked,
  ask: (client: S3, options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<Outcome<T>> {
  try {
    return { did: 'done', answer: await connection.ask(asked, ask) };
  } catch (error) {
    if (!(error instanceof ExhibitError)) throw error;
    const { status, said } = error.details;
    const text = `${status === undefined ? '' : `${status} `}${said}`;
    return { did: status === 403 ? 'refused' : 'failed', said: text };
  }
}

/** A row of what only has to be looked at; an error makes it not known. */
export async function look(work: () => Promise<Tried>): Promise<Tried> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ExhibitError && error.code === 'STORE_FAILED')
      return notKnown(error.hint === undefined ? error.message : `${error.message}. ${error.hint}`);
    throw error;
  }
}
