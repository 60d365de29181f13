import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { controlIds } from '../../testing/control-ids.ts';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { falco } from './falco.ts';

/** As Falco's page on outputs shows one. */
const TEXT = `{"hostname":"falco-xczjd","output":"13:44:05.478445995: Critical A shell was spawned","priority":"Critical","rule":"Terminal shell in container","source":"syscall","tags":["container","mitre_execution","shell"],"time":"2023-05-25T13:44:05.478445995Z","output_fields":{"container.id":"ee97d9c4186f","container.image.repository":"docker.io/library/alpine","evt.time":1685022245478445995,"k8s.ns.name":"default","k8s.pod.name":"kubecon","proc.tty":34816,"user.loginuid":-1,"user.name":"root"}}`;

describe('Falco', () => {
  it('takes an event for a fail of its rule', async () => {
    const { detected, outcomes, problems, facts } = await readText(TEXT, 'events.json');
    expect(detected).toMatchObject({
      source: { id: 'falco' },
      why: 'it has a rule and a priority',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ scanned: 1, started: '2023-05-25T13:44:05.478Z' });
    expect(outcomes[0]).toMatchObject({
      check: 'Terminal shell in container',
      verdict: 'fail',
      severity: 'critical',
      disposition: 'observed',
      actor: 'root',
      subject: { type: 'Pod', id: 'Pod/default/kubecon' },
      observed_at: '2023-05-25T13:44:05.478Z',
    });
    expect(outcomes[0]?.details?.fields).not.toHaveProperty(['user.name']);
    expect(controlIds('falco')).toContain(`falco/${outcomes[0]?.check}`);
  });

  it('reads lines of it, each with an id that is the same at a resend', async () => {
    const { outcomes } = await readText(
      `${TEXT}\n${TEXT}\n${TEXT.replace('kubecon', 'other')}\n`,
      'events.json',
    );
    expect(outcomes).toHaveLength(3);
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(2);
  });

  it('finds the events in the lines of examples.txt', async () => {
    const { detected, outcomes, problems, facts } = await readFixture('falco/examples.txt');
    expect(detected).toMatchObject({
      source: { id: 'falco' },
      why: 'it has lines with an event of Falco in them',
      also: [],
    });
    expect(problems).toEqual([]);
    // grep -c priority: six lines; one other line, `kubectl run`.
    expect(outcomes).toHaveLength(6);
    expect(facts.note).toBe('1 line tells no event');
    expect(outcomes.map(({ check, severity, subject }) => [check, severity, subject.id])).toEqual([
      ['Test Terminate', 'critical', 'Pod/default/test'],
      ['Test Label', 'medium', 'Pod/default/test'],
      ['Test NetworkPolicy', 'critical', 'Pod/default/static-web'],
      ['Test Exec', 'medium', 'Pod/default/static-web'],
      ['Test Script', 'medium', 'Pod/default/alpine'],
      ['Test invoke lambda', 'medium', 'abcd'],
    ]);
  });

  it('reads the plain text, which names no rule', async () => {
    const { detected, outcomes } = await readText(
      '13:44:05.478445995: Notice A shell was spawned (user=root)\n',
      'falco.log',
    );
    expect(detected.why).toBe('it has lines with time and priority as Falco prints them');
    expect(outcomes).toMatchObject([{ check: 'rule-not-stated', severity: 'low', verdict: 'fail' }]);
  });

  it('does not take the rules for events, and knows most of them in the control map', async () => {
    await expect(readFixture('falco/falco_rules.yaml')).rejects.toThrow('of no format');
    const rules = (parse(fixtureText('falco/falco_rules.yaml')) as { rule?: string }[]).flatMap(
      ({ rule }) => rule ?? [],
    );
    const known = controlIds('falco');
    // Every id of the map is spelt as a rule is, where the rule is one of this file.
    const spelt = new Map(rules.map((rule) => [`falco/${rule}`.toLowerCase(), `falco/${rule}`]));
    for (const id of known) expect(spelt.get(id.toLowerCase()) ?? id).toBe(id);
    expect(rules.filter((rule) => known.has(`falco/${rule}`)).length).toBeGreaterThan(15);
  });

  it('tells an event without a rule, or cut off', async () => {
    const { problems } = await readText(`${TEXT}\n{"priority":"Error","output":"x"}\n`, 'e.json');
    expect(problems).toMatchObject([{ message: 'rule: names no rule', line: 2 }]);
    expect(await cutOff(`${TEXT}\n${TEXT}\n`, 'e.json', falco)).toBeGreaterThan(14);
  });
});
