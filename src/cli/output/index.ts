import { ExhibitError } from '../../record/index.ts';
import type { Render } from './format.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json, ndjson } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { plain } from './plain.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** The registry of output formats: a format is a file and a line here. */
export const FORMATS = {
  table,
  plain,
  json,
  ndjson,
  sarif,
  junit,
  github,
  gitlab,
  markdown,
} as const satisfies Record<string, Render>;
export type FormatName = keyof typeof FORMATS;

/** One `-o FORMAT[=FILE]`. */
export interface OutputTarget {
  format: FormatName;
  file: string | undefined;
}

/**
 * Reads `-o` values.
 * @throws ExhibitError USAGE for an unknown format, an empty file name, or two that go to standard output
 */
export function parseTargets(values: readonly string[], fallback: FormatName): OutputTarget[] {
  const targets = (values.length === 0 ? [fallback] : values).map((value) => {
    const at = value.indexOf('=');
    const format = at < 0 ? value : value.slice(0, at);
    if (!Object.hasOwn(FORMATS, format)) {
      throw new ExhibitError('USAGE', `unknown output format ${JSON.stringify(format)}`, {
        hint: `Formats: ${Object.keys(FORMATS).join(', ')}.`,
      });
    }
    if (at === value.length - 1)
      throw new ExhibitError('USAGE', `-o ${value} names no file`, {
        hint: `Example: -o ${value}report.${format}`,
      });
    return { format: format as FormatName, file: at < 0 ? undefined : value.slice(at + 1) };
  });
  if (targets.filter((target) => target.file === undefined).length > 1) {
    throw new ExhibitError('USAGE', 'two output formats would go to standard output', {
      hint: 'Give one a file: -o json=report.json',
    });
  }
  return targets;
}
