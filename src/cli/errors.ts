import { ExhibitError, formatLocation } from '../record/index.ts';
import type { Colors } from './terminal/color.ts';
import { printable, wrap } from './terminal/text.ts';

/** An error as a person reads it: code, message, place, what to do next. Causes are shown without their stack. */
export function renderError(error: unknown, colors: Colors, width: number, debug: boolean): string {
  const known = error instanceof ExhibitError ? error : internal(error);
  const label = `error ${known.code}`;
  const [first = '', ...rest] = wrap(`${label}: ${printable(known.message)}`, Math.max(40, width - 2));
  const lines = [`${colors.red(label)}${first.slice(label.length)}`, ...rest.map((line) => `  ${line}`)];
  const place = formatLocation(known.location);
  if (place !== '') lines.push(`  where: ${printable(place)}`);
  if (known.cause instanceof Error && known.cause.message !== known.message) {
    lines.push(...block('cause', known.cause.message, width));
  }
  if (known.hint !== undefined) lines.push(...block('next', known.hint, width));
  if (debug && error instanceof Error) lines.push(...(error.stack ?? '').split('\n').map(printable));
  return `${lines.join('\n')}\n`;
}

function block(label: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(printable(text), Math.max(40, width - 10));
  return [`  ${label}: ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** A defect of our own: named as such, with the way to tell us what happened. */
function internal(error: unknown): ExhibitError {
  const message = error instanceof Error ? error.message : String(error);
  return new ExhibitError('INTERNAL', message, {
    cause: error,
    hint: 'Run again with --debug and report the output.',
  });
}
