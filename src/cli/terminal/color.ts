import { createColors } from 'picocolors';
import type { Context, Sink } from '../context.ts';

export type Colors = ReturnType<typeof createColors>;
export type ColorChoice = 'auto' | 'always' | 'never';

/**
 * Whether to colour. Order: the flag; NO_COLOR (any value); FORCE_COLOR or CLICOLOR_FORCE (not 0); TERM=dumb; a terminal.
 * @see https://no-color.org
 */
export function useColor(choice: ColorChoice, env: Context['env'], sink: Sink): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  for (const name of ['FORCE_COLOR', 'CLICOLOR_FORCE']) {
    const value = env[name];
    if (value !== undefined && value !== '' && value !== '0') return true;
  }
  return env.TERM !== 'dumb' && sink.isTTY;
}

export function colors(on: boolean): Colors {
  return createColors(on);
}
