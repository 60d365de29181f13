import { plural, visible } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, dayTicks, figure, fitted, fixed, label, line, type Which } from './svg.ts';
import { AGES, type Age, type BurnDownPicture, type ExpiriesPicture } from './types.ts';

const AGE_WORDS: Record<Age, string> = {
  '0-7': '0 to 7 days old',
  '8-30': '8 to 30 days old',
  '31-90': '31 to 90 days old',
  'over 90': 'over 90 days old',
  expired: 'expired, and still in the bundle',
};
/** A sign in each area: shades alone are told apart by few. */
const SIGN: Record<Age, string> = { '0-7': 'a', '8-30': 'b', '31-90': 'c', 'over 90': 'd', expired: '×' };
const FILL: Record<Age, string> = {
  '0-7': 'f-age0',
  '8-30': 'f-age1',
  '31-90': 'f-age2',
  'over 90': 'f-age3',
  expired: '',
};

const [LEFT, RIGHT, TOP, PLOT, BELOW, WIDTH] = [40, 64, 40, 190, 30, 720] as const;

/** The steps of an axis from 0: whole numbers, at most six. */
export function wholeTicks(most: number): number[] {
  const step =
    [1, 2, 5]
      .flatMap((n) => [n, n * 10, n * 100, n * 1000, n * 10_000])
      .sort((a, b) => a - b)
      .find((each) => most / each <= 5) ?? most;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

/** Open overrides by age, one step a day; the line is what the organisation allows. */
export function burnDown(picture: BurnDownPicture, which: Which): Markup {
  const { id } = which;
  const { days, bands, limit, marks } = picture;
  const totals = days.map((_, at) => bands.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  const ticks = wholeTicks(Math.max(1, limit ?? 0, ...totals));
  const most = ticks.at(-1) ?? 1;
  const inner = WIDTH - LEFT - RIGHT;
  const x = (at: number) => LEFT + (at * inner) / Math.max(1, days.length);
  const y = (count: number) => TOP + PLOT - (count * PLOT) / most;
  const last = days.length - 1;
  const now = AGES.map(
    (age) => `${bands.find((band) => band.age === age)?.counts[last] ?? 0} ${AGE_WORDS[age]}`,
  );
  const at = new Map(days.map((day, index) => [day, index]));
  return figure({
    ...which,
    title: 'Open overrides by age',
    desc: `Each day from ${days[0] ?? ''} to ${days[last] ?? ''}. At the end: ${now.join('; ')}. ${limit === null ? 'No limit was given.' : `The limit is ${limit}.`} A renewed one counts from its first day.`,
    width: WIDTH,
    height: TOP + PLOT + BELOW + (marks.length > 0 ? 16 : 0),
    body: html`${ticks.map((tick) => html`${line(LEFT, y(tick), WIDTH - RIGHT, y(tick), 'grid')}${label(LEFT - 6, y(tick) + 4, String(tick), { anchor: 'end', class: 'dim' })}`)}${areas(picture, x, y, id)}${
      limit === null
        ? undefined
        : html`${line(LEFT, y(limit), WIDTH - RIGHT, y(limit), 'limit')}${label(WIDTH - RIGHT + 5, y(limit) + 4, `limit ${limit}`, { class: 'bold small' })}`
    }${dayTicks(days).map((tick) => html`${line(x(tick.at), TOP + PLOT, x(tick.at), TOP + PLOT + 4, 'axis')}${label(x(tick.at), TOP + PLOT + 17, tick.text, { class: 'dim' })}`)}${line(LEFT, TOP + PLOT, WIDTH - RIGHT, TOP + PLOT, 'axis')}${marks.map(
      ({ day, text }) => markOf(x((at.get(day) ?? 0) + 0.5), text, day),
    )}${marks.length > 0 ? label(LEFT, TOP + PLOT + BELOW + 8, '▲ renewed: point at one to read it, or see the table', { class: 'dim' }) : undefined}`,
    legend: legend(id),
    table: burnDownTable(picture),
  });
}

function markOf(x: number, text: string, day: string): Markup {
  return html`<g><title>${visible(`${day}: ${text}`)}</title>${line(x, TOP, x, TOP + PLOT, 'mark')}${label(x, TOP - 3, '▲', { anchor: 'middle', class: 'small' })}</g>
`;
}

type Scale = (value: number) => number;

function areas({ days, bands }: BurnDownPicture, x: Scale, y: Scale, id: string): Markup {
  const base = days.map(() => 0);
  return html`${AGES.map((age) => {
    const counts = bands.find((band) => band.age === age)?.counts ?? [];
    const from = [...base];
    for (const [at, count] of counts.entries()) base[at] = (base[at] ?? 0) + count;
    if (!counts.some((count) => count > 0)) return html``;
    const shapes = stretches(counts).map(({ from: begin, to }) => {
      const inner = Array.from({ length: to - begin }, (_, step) => begin + step);
      const point = (at: number, count: number) => `${fixed(x(at))},${fixed(y(count))}`;
      const upper = inner.map((day) => `${point(day, base[day] ?? 0)} ${point(day + 1, base[day] ?? 0)}`);
      const lower = inner.map((day) => `${point(day + 1, from[day] ?? 0)} ${point(day, from[day] ?? 0)}`);
      return [...upper, ...lower.reverse()].join(' ');
    });
    const fill =
      FILL[age] === '' ? html` class="missed" fill="url(#${id}-hatch)"` : html` class="${FILL[age]}"`;
    const level = levelled(from, base);
    const [low, high] = [y(from[level.from] ?? 0), y(base[level.from] ?? 0)];
    const room = low - high > 13 && x(level.to) - x(level.from) > 9;
    const place = (x(level.from) + x(level.to)) / 2;
    const middle = (low + high) / 2 + 4;
    return html`<g><title>${AGE_WORDS[age]}</title>${shapes.map((points) => html`<polygon points="${points}"${fill}/>`)}${room ? label(place, middle, SIGN[age], { anchor: 'middle', class: age === '0-7' || age === '8-30' ? 'on-light bold' : age === 'expired' ? 'bold' : 'on-dark bold' }) : undefined}</g>
`;
  })}`;
}

/** The longest stretch in which an area keeps its place and height: there its sign stands. */
function levelled(from: readonly number[], to: readonly number[]): { from: number; to: number } {
  let best = { from: 0, to: 0 };
  let begin = 0;
  for (let at = 1; at <= to.length; at += 1) {
    if (at < to.length && from[at] === from[begin] && to[at] === to[begin]) continue;
    const there = (to[begin] ?? 0) > (from[begin] ?? 0);
    if (there && at - begin > best.to - best.from) best = { from: begin, to: at };
    begin = at;
  }
  return best;
}

/** Days after each other on which there are some: an area is drawn where it is, and has no edge where it is not. */
function stretches(counts: readonly number[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [at, count] of counts.entries()) {
    if (count === 0) continue;
    const last = found.at(-1);
    if (last?.to === at) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  }
  return found;
}

function legend(id: string): Markup {
  return html`<ul class="legend">${AGES.map((age) => {
    const key =
      FILL[age] === ''
        ? html`<rect width="16" height="16" fill="url(#${id}-hatch)" class="missed"/>`
        : html`<rect width="16" height="16" class="${FILL[age]}"/>`;
    return html`<li><svg class="key" width="16" height="16" aria-hidden="true">${key}</svg> ${SIGN[age]}: ${AGE_WORDS[age]}</li>`;
  })}</ul>
`;
}

/** In a long period each seventh day and the last; the sums of all days are in the data of the report. */
export function burnDownTable({ days, bands, limit, marks }: BurnDownPicture): DocumentTable {
  const step = days.length > 45 ? 7 : 1;
  const kept = days.map((_, at) => at).filter((at) => at % step === 0 || at === days.length - 1);
  const said = Map.groupBy(marks, ({ day }) => day);
  // A mark stands in the line of the first day that is listed from its own on.
  const listed = kept.map((at, place) => ({ at, after: place === 0 ? -1 : (kept[place - 1] ?? -1) }));
  return {
    kind: 'table',
    caption: `Open overrides by age in days${step > 1 ? ', each seventh day and the last' : ''}${limit === null ? '' : `; limit ${limit}`}. A renewed one counts from its first day`,
    columns: ['Day', ...AGES.map((age) => AGE_WORDS[age]), 'All', 'Marked'],
    rows: listed.map(({ at, after }) => {
      const counts = AGES.map((age) => bands.find((band) => band.age === age)?.counts[at] ?? 0);
      const between = days.slice(after + 1, at + 1);
      return [
        days[at] ?? '',
        ...counts,
        counts.reduce((sum, count) => sum + count, 0),
        between.flatMap((day) => (said.get(day) ?? []).map(({ text }) => `${day}: ${text}`)).join('; '),
      ];
    }),
  };
}

/** Bars: how many overrides end in each week to come. */
export function expiries(picture: ExpiriesPicture, which: Which): Markup {
  const { weeks } = picture;
  const ticks = wholeTicks(Math.max(1, ...weeks.map(({ ids }) => ids.length)));
  const most = ticks.at(-1) ?? 1;
  const [plot, slot] = [110, (WIDTH - LEFT - RIGHT) / Math.max(1, weeks.length)];
  const y = (count: number) => TOP + plot - (count * plot) / most;
  const all = weeks.reduce((sum, { ids }) => sum + ids.length, 0);
  return figure({
    ...which,
    title: 'Overrides that end, by week',
    desc: `${plural(all, 'override')} in force at the end of the period, by the week of the sunset.`,
    width: WIDTH,
    height: TOP + plot + BELOW,
    body: html`${ticks.map((tick) => html`${line(LEFT, y(tick), WIDTH - RIGHT, y(tick), 'grid')}${label(LEFT - 6, y(tick) + 4, String(tick), { anchor: 'end', class: 'dim' })}`)}${weeks.map(
      ({ label: text, ids }, at) =>
        html`${ids.length === 0 ? undefined : html`${box({ x: LEFT + at * slot + 6, y: y(ids.length), width: slot - 12, height: TOP + plot - y(ids.length) }, 'f-age2', `${text}: ${ids.join(', ')}`)}${label(LEFT + (at + 0.5) * slot, y(ids.length) - 4, String(ids.length), { anchor: 'middle', class: 'bold small' })}`}${fitted(LEFT + (at + 0.5) * slot, TOP + plot + 16, text, 9, { anchor: 'middle', class: 'dim' })}`,
    )}${line(LEFT, TOP + plot, WIDTH - RIGHT, TOP + plot, 'axis')}`,
    table: expiriesTable(picture),
  });
}

export function expiriesTable({ weeks }: ExpiriesPicture): DocumentTable {
  return {
    kind: 'table',
    caption: 'Overrides that end, by the week of their sunset',
    columns: ['Week from', 'Overrides', 'Which'],
    rows: weeks.map(({ label: text, ids }) => [text, ids.length, ids.join(', ')]),
  };
}
