import { type Context, type Progress, processContext, progress } from '../src/cli/index.ts';

/** Counts and time left on a terminal, as every command shows them; nothing in a pipe, where the figures go. */
export function showProgress(
  label: string,
  { stderr, clock }: Pick<Context, 'stderr' | 'clock'> = processContext(),
): Progress {
  return progress(label, stderr, clock);
}
