import type { Problem } from './types.ts';

/** Parts of `data.exhibit.bundle` that no rule may read: three quarters of a bundle's data, and nothing that a verdict may depend on. */
export const UNREAD = ['control_map', 'frameworks'] as const;

const term = (type: string, value: string) => `\\{"type":"${type}","value":"${value}"\\}`;
const after = (path: readonly string[], last: string) =>
  `(?!${path.map((name) => `,${term('string', name)}`).join('')},\\{"type":"string","value":"(?!${last}))`;

/**
 * A reference that reaches the unread parts or may do so: `data` as a whole or by a variable, `data.exhibit` and `data.exhibit.bundle`
 * likewise. It looks at the parser's tree as JSON, in which a reference is a list of terms.
 */
const REACHES = new RegExp(
  term('var', 'data') +
    after([], 'exhibit"') +
    after(['exhibit'], 'bundle"') +
    after(['exhibit', 'bundle'], `(?:${UNREAD.join('|')})"`),
);

const IN_TEXT = /\bdata\s*\.\s*exhibit\s*(\.\s*bundle\b|\[|$)|\bdata\s*\[|\bdata\b(?!\s*\.)/;

/**
 * What is wrong where a module reads the control map or the frameworks: they are not there when rules run, since parsing them would
 * take longer than judging.
 * @param data where the parser's tree names data, as JSON: the word and the names after it
 */
export function bundleReads(file: string, data: readonly string[], text: string): Problem[] {
  if (!data.some((reference) => REACHES.test(reference))) return [];
  const line = text.split('\n').findIndex((one) => IN_TEXT.test(one.replace(/(^|\s)#.*$/, ''))) + 1;
  return [
    {
      severity: 'error',
      rule: 'bundle-data',
      message: 'the rule reads the control map or the frameworks of the bundle, or all of data',
      location: { file, ...(line > 0 ? { line } : {}) },
      hint: 'Name what it reads, such as data.exhibit.bundle.overrides. A verdict does not depend on the control map or the frameworks, and they are not there at run time.',
    },
  ];
}
