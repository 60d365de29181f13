import { parse } from 'yaml';
import { fixtureText } from './read-fixture.ts';

/**
 * Events that a detection rule of another project brings as its own examples. The rule's file is no report: only what stands under
 * `Tests[].Log` is as the cloud wrote it, and its names with `@` are spelled `at_`.
 */
export function eventsOf(fixture: string): Record<string, unknown>[] {
  const rule = parse(fixtureText(fixture)) as { Tests: { Log: Record<string, unknown> }[] };
  return rule.Tests.map(({ Log }) => Log);
}

/** As JSON lines. */
export const linesOf = (events: readonly unknown[]): string =>
  events.map((each) => JSON.stringify(each)).join('\n');
