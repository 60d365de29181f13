import { plural } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, dayTicks, figure, fitted, label, line, type Which } from './svg.ts';
import { BEATS, type Beat, type HeartbeatPicture } from './types.ts';

const BEAT_WORDS: Record<Beat, string> = {
  sent: 'runs came',
  records: 'records came, no run',
  missed: 'expected, and no run came',
  quiet: 'nothing came, nothing is expected by day',
};

const [LEFT, RIGHT, TOP, HIGH, INNER] = [190, 90, 44, 30, 700] as const;

/** One strip for each source, a field a day. A day that should have had a run and has none is hatched. */
export function heartbeat(picture: HeartbeatPicture, which: Which): Markup {
  const { id } = which;
  const { days, rows } = picture;
  const pitch = Math.min(28, INNER / Math.max(1, days.length));
  const inner = pitch * days.length;
  const missed = rows.reduce((sum, { beats }) => sum + beats.filter((beat) => beat === 'missed').length, 0);
  const bottom = TOP + rows.length * HIGH;
  return figure({
    ...which,
    title: 'What each source sent, by day',
    desc: `${plural(rows.length, 'source')}, ${plural(days.length, 'day')} from ${days[0] ?? ''} to ${days.at(-1) ?? ''}: ${missed} expected days of sources had no run.`,
    width: Math.ceil(LEFT + Math.max(inner, 160) + RIGHT),
    height: bottom + 26,
    body: html`${rows.map(({ name, about, beats }, at) => {
      const y = TOP + at * HIGH;
      return html`${fitted(0, y + 11, name, 26, { class: 'mono small' })}${fitted(0, y + 24, about, 32, { class: 'dim' })}${runsOf(
        beats,
      ).map((run) =>
        beatBox(run, { id, name, days, pitch, y }),
      )}${label(LEFT + inner + 8, y + 16, total(beats), { class: 'dim' })}`;
    })}${line(LEFT, bottom + 2, LEFT + inner, bottom + 2, 'axis')}${axis(days, pitch).map(({ at, text }) => html`${line(LEFT + at * pitch, bottom + 2, LEFT + at * pitch, bottom + 6, 'axis')}${label(LEFT + at * pitch, bottom + 18, text, { class: 'dim' })}`)}`,
    legend: html`<ul class="legend">${BEATS.map((beat) => html`<li><svg class="key" width="18" height="18" aria-hidden="true">${shapeOf(beat, { x: 1, y: 1, width: 16, height: 16 }, undefined, id)}</svg> ${BEAT_WORDS[beat]}</li>`)}</ul>
`,
    table: heartbeatTable(picture),
  });
}

/** Days to be named below a strip, as many as have room. */
export function axis(days: readonly string[], pitch: number): { at: number; text: string }[] {
  const ticks = dayTicks(days);
  const apart = ticks.length > 1 ? ((ticks[1]?.at ?? 0) - (ticks[0]?.at ?? 0)) * pitch : 99;
  const step = Math.max(1, Math.ceil((days.length > 92 ? 52 : 36) / Math.max(1, apart)));
  return ticks.filter((_, at) => at % step === 0);
}

function total(beats: readonly Beat[]): string {
  const [sent, missed] = [
    beats.filter((beat) => beat === 'sent').length,
    beats.filter((beat) => beat === 'missed').length,
  ];
  return missed > 0 ? `${sent} of ${sent + missed}` : plural(sent, 'day');
}

interface Run {
  beat: Beat;
  from: number;
  count: number;
}

/** Days that follow each other in one state are one field: a year stays small. */
export function runsOf(beats: readonly Beat[]): Run[] {
  const runs: Run[] = [];
  for (const [at, beat] of beats.entries()) {
    const last = runs.at(-1);
    if (last?.beat === beat) last.count += 1;
    else runs.push({ beat, from: at, count: 1 });
  }
  return runs;
}

interface Strip {
  id: string;
  name: string;
  days: readonly string[];
  pitch: number;
  y: number;
}

function beatBox({ beat, from, count }: Run, { id, name, days, pitch, y }: Strip): Markup {
  const span = count === 1 ? (days[from] ?? '') : `${days[from] ?? ''} to ${days[from + count - 1] ?? ''}`;
  const place = { x: LEFT + from * pitch, y: y + 2, width: count * pitch, height: HIGH - 8 };
  return html`${shapeOf(beat, place, `${name}, ${span}: ${BEAT_WORDS[beat]}`, id)}${
    beat === 'missed' && place.width >= 9
      ? label(place.x + place.width / 2, y + 17, '!', { anchor: 'middle', class: 'bold' })
      : undefined
  }`;
}

function shapeOf(
  beat: Beat,
  place: { x: number; y: number; width: number; height: number },
  words: string | undefined,
  id: string,
): Markup {
  switch (beat) {
    case 'sent':
      return box(place, 'f-pass', words);
    case 'records':
      return box({ ...place, y: place.y + place.height / 3, height: place.height / 3 }, 'f-soft', words);
    case 'missed':
      return box(place, 'missed', words, id);
    case 'quiet':
      return box({ ...place, y: place.y + place.height / 2 - 1, height: 2 }, 'f-line', words);
  }
}

export function heartbeatTable({ days, rows }: HeartbeatPicture): DocumentTable {
  return {
    kind: 'table',
    caption: `What each source sent, of ${plural(days.length, 'day')}: how many were so`,
    columns: ['Source', 'Expected', ...BEATS.map((beat) => BEAT_WORDS[beat]), 'Missed days'],
    rows: rows.map(({ name, about, beats }) => [
      { code: name },
      about,
      ...BEATS.map((beat) => beats.filter((each) => each === beat).length),
      runsOf(beats)
        .filter(({ beat }) => beat === 'missed')
        .map(({ from, count }) => (count === 1 ? days[from] : `${days[from]} to ${days[from + count - 1]}`))
        .join(', '),
    ]),
  };
}
