import { setPriority } from 'node:os';
import { z } from 'zod';
import { answerOne, type Failed } from '../../lake/index.ts';
import { processContext } from '../context.ts';
import { pack } from '../pack/make.ts';

// A process that makes one pack for the portal of a server: what the server does comes first.

export interface PackQuestion {
  evidence: string;
  engagement: string;
  out: string;
}

export type PackMessage =
  | { kind: 'progress'; what: string; done: number; total: number }
  | { kind: 'made'; digest: string }
  | Failed;

/** Who asked for it is on record already, by the server. */
const BY = 'portal';
/** Least time between two messages on progress, milliseconds. */
const APART = 200;

answerOne<PackQuestion, PackMessage>(async ({ evidence, engagement, out }, say) => {
  setPriority(process.pid, 5);
  let printed = '';
  let told = 0;
  const keep = (text: string) => {
    printed += text;
  };
  const quiet = { write: () => undefined, isTTY: false, columns: 80 };
  const context = {
    ...processContext(),
    stdout: { ...quiet, write: keep },
    stderr: quiet,
  };
  const watch = (done: number, total?: number) => {
    if (performance.now() - told < APART) return;
    told = performance.now();
    void say({ kind: 'progress', what: 'parts of the pack', done, total: total ?? 0 });
  };
  await pack(engagement, { evidence, out, as: BY, output: 'json' }, context, watch);
  const { digest } = z.object({ digest: z.string() }).parse(JSON.parse(printed));
  await say({ kind: 'made', digest });
});
