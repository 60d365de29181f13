import { plural, readableInstant, visible } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { dayNumber, figure, fixed, label, line, type Which } from './svg.ts';
import type { DriftItem, DriftPicture } from './types.ts';

const [LEFT, RIGHT, TOP, PLOT, BELOW, WIDTH] = [58, 112, 40, 260, 40, 720] as const;

/** Hours at which the axis has a line: powers and what people say of time. */
const TICKS: readonly (readonly [number, string])[] = [
  [0.1, '6 min'],
  [1, '1 h'],
  [6, '6 h'],
  [24, '1 day'],
  [24 * 7, '1 week'],
  [24 * 30, '30 days'],
  [24 * 90, '90 days'],
  [24 * 365, '1 year'],
];
/** The least that is drawn: below it the axis would have no end. */
const LEAST = 0.1;

/** Each episode by the day of its detection and the hours until it was closed, by a logarithm; open ones hollow, with what they have so far. */
export function drift(picture: DriftPicture, which: Which): Markup {
  const { from, to, items, p50, p90 } = picture;
  const dues = dueLines(items);
  const longest = Math.max(24, ...items.map(({ hours }) => hours), ...dues.map(({ hours }) => hours));
  const top = TICKS.find(([hours]) => hours >= longest)?.[0] ?? longest;
  const y = (hours: number) =>
    TOP + PLOT - (Math.log(Math.max(LEAST, hours) / LEAST) / Math.log(top / LEAST)) * PLOT;
  const [first, last] = [dayNumber(from), dayNumber(to) + 1];
  // What was detected before the period stands at its left edge.
  const x = (instant: string) =>
    LEFT +
    (Math.max(0, Date.parse(instant) / 86_400_000 - first) / Math.max(1, last - first)) *
      (WIDTH - LEFT - RIGHT);
  const open = items.filter((each) => each.as === 'open').length;
  const resolved = items.filter((each) => each.as === 'resolved').length;
  const right = WIDTH - RIGHT;
  const lines: Tag[] = [
    ...(p50 === null ? [] : [{ hours: p50, text: 'p50', name: 'half' }]),
    ...(p90 === null ? [] : [{ hours: p90, text: 'p90', name: 'ninety' }]),
    ...dues.map(({ hours, text }) => ({ hours, text, name: 'due' })),
  ];
  return figure({
    ...which,
    title: 'Drift: time to close, each by itself',
    desc: `${plural(items.length, 'episode')} from ${from} to ${to}: ${resolved} resolved, ${open} open, ${items.length - resolved - open} closed otherwise. ${rank('Half', p50)} ${rank('Nine of ten', p90)} What is open, or was closed without a pass, counts with the time that it has lasted.`,
    width: WIDTH,
    height: TOP + PLOT + BELOW,
    body: html`${TICKS.filter(([hours]) => hours <= top).map(
      ([hours, text]) =>
        html`${line(LEFT, y(hours), right, y(hours), 'grid')}${label(LEFT - 6, y(hours) + 4, text, { anchor: 'end', class: 'dim' })}`,
    )}${line(LEFT, TOP + PLOT, right, TOP + PLOT, 'axis')}${dateTicks(from, to).map(({ day, at }) => html`${line(at, TOP + PLOT, at, TOP + PLOT + 4, 'axis')}${label(at, TOP + PLOT + 17, day, { class: 'dim' })}`)}${label(LEFT, TOP + PLOT + 33, `detected, UTC${p90 === null ? '; no p90: too few were resolved' : ''}`, { class: 'dim' })}${tagged(lines, y)}${items.map(
      (item) => pointOf(item, x(item.detected), y(item.hours)),
    )}`,
    legend: html`<ul class="legend">${LEGEND.map(({ as, text }) => html`<li><svg class="key" width="18" height="18" aria-hidden="true">${sign(as, 9, as === 'open' ? 12 : 9)}</svg> ${text}</li>`)}</ul>
`,
    table: driftTable(picture),
  });
}

interface Tag {
  hours: number;
  text: string;
  name: string;
}

/** Lines with their names at the right, moved apart where they would lie over each other. */
function tagged(lines: readonly Tag[], y: (hours: number) => number): Markup {
  const sorted = [...lines].sort((a, b) => b.hours - a.hours);
  let free = TOP - 12;
  return html`${sorted.map(({ hours, text, name }) => {
    const at = Math.max(y(hours) + 4, free + 13);
    free = at;
    return html`${line(LEFT, y(hours), WIDTH - RIGHT, y(hours), name)}${label(WIDTH - RIGHT + 4, at, `${text} ${shortTime(hours)}`, { class: name === 'due' ? 'dim' : 'small bold' })}`;
  })}`;
}

const LEGEND = [
  { as: 'resolved', text: 'resolved: it passes again' },
  { as: 'open', text: 'open: hollow, and still rising' },
  { as: 'other', text: 'waived, withdrawn or gone: closed, and not fixed' },
] as const;

function sign(as: DriftItem['as'], x: number, y: number): Markup {
  const [cx, cy] = [fixed(x), fixed(y)];
  switch (as) {
    case 'resolved':
      return html`<circle cx="${cx}" cy="${cy}" r="4" class="dot"/>`;
    case 'open':
      return html`<path d="M${cx} ${fixed(cy - 4)}v-6m-3 3l3 -3l3 3" class="rise"/><circle cx="${cx}" cy="${cy}" r="4" class="hollow"/>`;
    case 'other':
      return html`<path d="M${fixed(cx - 4)} ${fixed(cy - 4)}l8 8m0 -8l-8 8" class="cross"/>`;
  }
}

function pointOf(item: DriftItem, x: number, y: number): Markup {
  const { finding, as, hours, severity, detected } = item;
  const words =
    as === 'open'
      ? `open for ${shortTime(hours)} so far`
      : `${as === 'resolved' ? 'resolved' : 'closed without a pass'} after ${shortTime(hours)}`;
  return html`<g><title>${visible(`${finding}, ${severity}`)}, detected ${detected}: ${words}${isLate(item) ? ', past its due time' : ''}</title>${sign(as, x, y)}</g>
`;
}

const isLate = ({ hours, due_hours }: DriftItem): boolean => due_hours !== null && hours > due_hours;

/** One line for each time in which something was due, with the severities that it is of. */
function dueLines(items: readonly DriftItem[]): { hours: number; text: string }[] {
  const by = new Map<number, Set<string>>();
  for (const { due_hours, severity } of items)
    if (due_hours !== null) by.set(due_hours, (by.get(due_hours) ?? new Set()).add(severity));
  return [...by]
    .sort(([a], [b]) => a - b)
    .map(([hours, names]) => ({ hours, text: `due ${names.size > 1 ? '' : [...names].join('')}`.trim() }));
}

function rank(part: string, hours: number | null): string {
  return hours === null
    ? `${part} cannot be said: too few were resolved.`
    : `${part} were resolved within ${shortTime(hours)}.`;
}

/** A time as people say it: hours below two days, then days. @param hours one decimal */
export function shortTime(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${fixed(hours)} h` : `${fixed(hours / 24)} d`;
}

function dateTicks(from: string, to: string): { day: string; at: number }[] {
  const [first, last] = [dayNumber(from), dayNumber(to)];
  const step = Math.max(1, Math.ceil((last - first + 1) / 8));
  const inner = WIDTH - LEFT - RIGHT;
  const days: { day: string; at: number }[] = [];
  for (let each = first; each <= last; each += step)
    days.push({
      day: new Date(each * 86_400_000).toISOString().slice(last - first > 180 ? 2 : 5, 10),
      at: LEFT + ((each - first) / (last - first + 1)) * inner,
    });
  return days;
}

const AS = { open: 'open', resolved: 'resolved', other: 'closed without a pass' } as const;

export function driftTable({ items, p50, p90 }: DriftPicture): DocumentTable {
  return {
    kind: 'table',
    caption: `Time to close, by finding. p50: ${p50 === null ? 'too few were resolved' : `${p50} h`}; p90: ${p90 === null ? 'too few were resolved' : `${p90} h`} (Kaplan-Meier, of all episodes: what is open, or was closed without a pass, counts with the time that it has lasted)`,
    columns: ['Finding', 'Severity', 'Detected', 'State', 'Hours', 'Due within', 'Late'],
    rows: items.map((item) => [
      { code: item.finding },
      item.severity,
      readableInstant(item.detected),
      AS[item.as],
      item.as === 'open' ? `${item.hours} so far` : item.hours,
      item.due_hours ?? 'not stated',
      isLate(item) ? 'late' : 'no',
    ]),
  };
}
