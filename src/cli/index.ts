/** What the bench shares with the command line: the progress line, and where it goes. */
export { type Context, processContext } from './context.ts';
export { type Progress, progress } from './terminal/progress.ts';
