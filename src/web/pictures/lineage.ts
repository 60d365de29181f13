import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, figure, fitted, label, line, type Which } from './svg.ts';
import type { Check, LineagePicture } from './types.ts';

const SIGN: Record<Check, string> = { held: '✓', told: '?', missing: '!' };
const CHECK_WORDS: Record<Check, string> = {
  held: 'checked while this was made',
  told: 'the log says so; not checked here',
  missing: 'the log has none',
};

const [WIDE, GAP, HIGH, TOP] = [136, 22, 84, 30] as const;

/** Steps from a change of the policies to the time stamp, each with what names it and what was checked. */
export function lineage(picture: LineagePicture, which: Which): Markup {
  const { id } = which;
  const { steps } = picture;
  return figure({
    ...which,
    title: 'Where the last decision comes from',
    desc: steps
      .map(
        ({ name, hash, check, words }) =>
          `${name}: ${hash === '' ? 'none' : hash}, ${CHECK_WORDS[check]}${words === '' ? '' : ` (${words})`}`,
      )
      .join('. '),
    width: steps.length * (WIDE + GAP) - GAP + 2,
    height: TOP + HIGH + 4,
    body: html`${steps.map(({ name, hash, check, words }, at) => {
      const x = at * (WIDE + GAP) + 1;
      const arrow =
        at === 0
          ? undefined
          : html`${line(x - GAP, TOP + 22, x - 5, TOP + 22, 'axis')}<path d="M${x - 7} ${TOP + 18}l5 4l-5 4" class="cross"/>`;
      const place = { x, y: TOP, width: WIDE, height: HIGH, radius: 6 };
      const ground =
        check === 'missing'
          ? box(place, 'missed', `${name}: ${CHECK_WORDS[check]}`, id)
          : box(place, 'f-panel edge', `${name}: ${hash}`);
      // On the hatch a plain ground, so that words can be read.
      const back =
        check === 'missing'
          ? box({ x: x + 6, y: TOP + 6, width: WIDE - 12, height: HIGH - 12, radius: 4 }, 'f-ground')
          : undefined;
      return html`${arrow}${ground}${back}${label(x + 10, TOP + 22, name, { class: 'bold' })}${label(x + WIDE - 12, TOP + 23, SIGN[check], { anchor: 'end', class: 'head' })}${fitted(x + 10, TOP + 44, hash.replace(/^sha256:/, '') || 'none', 15, { class: 'mono small' })}${wrapped(
        words,
        21,
      ).map((part, index) => label(x + 10, TOP + 60 + index * 13, part, { class: 'dim' }))}`;
    })}`,
    legend: html`<ul class="legend">${(['held', 'told', 'missing'] as const).map((check) => html`<li><b aria-hidden="true">${SIGN[check]}</b> ${CHECK_WORDS[check]}</li>`)}</ul>
`,
    table: lineageTable(picture),
  });
}

/** Two lines at most; the table has the whole. */
function wrapped(words: string, most: number): string[] {
  const lines: string[] = [''];
  for (const word of words.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (`${last} ${word}`.trim().length <= most) lines[lines.length - 1] = `${last} ${word}`.trim();
    else lines.push(word.slice(0, most));
  }
  return lines.length <= 2 ? lines : [lines[0] ?? '', `${(lines[1] ?? '').slice(0, most - 1)}…`];
}

export function lineageTable({ steps }: LineagePicture): DocumentTable {
  return {
    kind: 'table',
    caption: 'Where the last decision comes from',
    columns: ['Step', 'Named by', 'Checked', 'What'],
    rows: steps.map(({ name, hash, check, words }) => [
      name,
      { code: hash === '' ? 'none' : hash },
      CHECK_WORDS[check],
      words,
    ]),
  };
}
