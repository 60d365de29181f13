import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { opaDecisionLog } from './opa-decision-log.ts';

/** As OPA's page on decision logs shows one. */
const event = (decision_id: string, over: Record<string, unknown> = {}) => ({
  labels: { app: 'shop', id: '1780d507', version: '1.22.2' },
  decision_id,
  bundles: { authz: { revision: 'W3sibCI6' } },
  path: 'http/example/authz/allow',
  input: { method: 'GET', path: '/salary/bob' },
  result: true,
  requested_by: '[::1]:59943',
  timestamp: '2019-06-03T20:07:16.939402185Z',
  ...over,
});
const { result: _, ...undefinedResult } = event('5');
const events = [
  event('1'),
  event('2', { result: false }),
  event('3', { path: 'main/deny', result: ['no owner', 'no label'] }),
  event('4', {
    path: '/http/authz',
    result: { allowed: false, http_status: 403 },
    erased: ['/input/password'],
    masked: ['/input/ssn'],
  }),
  undefinedResult,
  event('6', { path: 'main/list', result: { count: 3 } }),
  event('7', { error: { code: 'eval_error', message: 'x' } }),
];
// One pass; a no, two objections and allowed:false are fails; undefined and an error are errors; 3 is neither.
const VERDICTS = ['pass', 'fail', 'fail', 'fail', 'error', 'not_evaluated', 'error'];

describe('OPA decision log', () => {
  it.each([
    ['a list', JSON.stringify(events)],
    ['lines', events.map((each) => `${JSON.stringify(each)}\n`).join('')],
    ['a list, packed as OPA sends it', gzipSync(JSON.stringify(events))],
  ])('reads %s', async (_name, text) => {
    const { detected, outcomes, problems, facts } = await readText(text, 'decisions.json');
    expect(detected).toMatchObject({
      source: { id: 'opa-decision-log' },
      why: 'it has a decision_id and what was asked',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ scanned: 7, tool_version: '1.22.2', started: '2019-06-03T20:07:16.939Z' });
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(VERDICTS);
    expect(outcomes[3]).toMatchObject({
      check: 'http/authz',
      subject: { type: 'request', id: '4' },
      source_id: '4',
      details: { erased: ['/input/password'], masked: ['/input/ssn'], revisions: ['W3sibCI6'] },
    });
    expect(outcomes[2]?.message).toBe('no owner; no label');
  });

  it('names an AI system where a label does, and none by a name that is too long or holds a secret', async () => {
    const labels = ['credit', 'x'.repeat(257), 'password=hunter2hunter2', ' '];
    const text = JSON.stringify(labels.map((ai_system, at) => event(String(at), { labels: { ai_system } })));
    const { outcomes } = await readText(text, 'decisions.json');
    expect(outcomes.map(({ details }) => details?.ai_system)).toEqual([
      'credit',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('passes over what OPA prints besides', async () => {
    const other = { level: 'info', msg: 'Initializing server.', time: '2019-06-03T20:07:16Z' };
    const printed = {
      ...event('1'),
      level: 'info',
      msg: 'Decision Log',
      type: 'openpolicyagent.org/decision_logs',
    };
    const { detected, outcomes, facts } = await readText(
      `${JSON.stringify(other)}\n${JSON.stringify(printed)}\n`,
      'opa.log',
    );
    expect(detected).toMatchObject({
      source: { id: 'opa-decision-log' },
      why: 'it has lines of OPA’s decision log',
    });
    expect(outcomes).toHaveLength(1);
    expect(facts.note).toBe('1 line tells no decision');
  });

  it('tells what is damaged, and takes no other JSON', async () => {
    const { problems } = await readText(
      JSON.stringify([event('1'), event('2', { timestamp: 'yesterday' })]),
      'd.json',
    );
    expect(problems[0]?.message).toBe('the decision cannot be read: timestamp: expected an RFC 3339 time');
    expect(await cutOff(JSON.stringify(events), 'd.json', opaDecisionLog)).toBeGreaterThan(14);
    await expect(readFixture('opa-envoy/message.json')).rejects.toThrow('of no format');
  });
});
