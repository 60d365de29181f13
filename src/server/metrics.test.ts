import { describe, expect, it } from 'vitest';
import { jsonLog } from './log.ts';
import { Metrics } from './metrics.ts';

describe('/metrics', () => {
  const metrics = new Metrics();
  metrics.add('requests_total', { route: 'records', status: '200' });
  metrics.add('requests_total', { route: 'records', status: '200' }, 2);
  metrics.add('records_refused_total', { code: 'a "quoted" \\ text\nof two lines' });
  metrics.gauge('log_size', () => 7);
  metrics.gauge('queue_bytes', () => undefined);
  for (const seconds of [0.001, 0.002, 0.3, 60]) metrics.observe('records', seconds);
  const lines = metrics.text().split('\n');

  it('is the text format of Prometheus: help, type, then the samples of a name, each a line', () => {
    expect(lines.pop()).toBe('');
    let family = '';
    for (const line of lines) {
      const [, kind, name = ''] = /^# (HELP|TYPE) (\S+) /.exec(line) ?? [];
      if (kind === 'HELP') family = name;
      else if (kind === 'TYPE') expect([line, name]).toEqual([line, family]);
      else {
        const sample =
          /^([a-z_]+)(?:\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? -?[\d.]+(?:e[+-]?\d+)?$/;
        expect(line).toMatch(sample);
        expect(sample.exec(line)?.[1]?.replace(/_(bucket|sum|count)$/, '')).toBe(family);
      }
    }
  });

  it('adds up, leaves out what cannot be said now, and counts durations upwards', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'exhibit_requests_total{route="records",status="200"} 3',
        'exhibit_records_refused_total{code="a \\"quoted\\" \\\\ text\\nof two lines"} 1',
        'exhibit_log_size 7',
        'exhibit_request_duration_seconds_bucket{route="records",le="0.001"} 1',
        'exhibit_request_duration_seconds_bucket{route="records",le="0.0025"} 2',
        'exhibit_request_duration_seconds_bucket{route="records",le="0.25"} 2',
        'exhibit_request_duration_seconds_bucket{route="records",le="0.5"} 3',
        'exhibit_request_duration_seconds_bucket{route="records",le="5"} 3',
        'exhibit_request_duration_seconds_bucket{route="records",le="+Inf"} 4',
        'exhibit_request_duration_seconds_count{route="records"} 4',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('exhibit_queue_bytes'))).toEqual([]);
  });
});

describe('the log', () => {
  it('is one JSON object a line, whatever its fields hold', () => {
    let written = '';
    const log = jsonLog(
      (line) => {
        written += line;
      },
      () => Date.parse('2026-11-25T12:00:00Z'),
    );
    log('info', 'started', { port: 8420 });
    log('warn', 'bundle', { message: 'two\nlines' });
    const lines = written.split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ time: '2026-11-25T12:00:00.000Z', level: 'info', event: 'started' },
      port: 8420,
    });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'warn', message: 'two\nlines' });
  });
});
