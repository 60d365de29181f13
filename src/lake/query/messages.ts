import type { Failed } from '../process/ask.ts';
import type { QueryAnswer, QueryOptions, QueryRequest } from './types.ts';

/** What the process of a question is asked. */
export interface ChildQuestion {
  /** Of each log. */
  folders: readonly string[];
  request: QueryRequest;
  options: Omit<QueryOptions, 'known'>;
  temporary: string;
  /** Bytes of memory that the whole process may take. */
  memory: number;
}

/** What it says: that the engine has the text, that memory ran over, and the end. */
export type ChildMessage =
  | { kind: 'running' }
  | { kind: 'compared'; done: number; total: number }
  | { kind: 'memory' }
  | { kind: 'answer'; answer: QueryAnswer }
  | Failed;
