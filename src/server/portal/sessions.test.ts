import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Sessions } from './sessions.ts';

let now = Date.parse('2026-11-25T12:00:00Z');
const open = () =>
  new Sessions(
    { session_minutes: 60, idle_minutes: 30 } as ConstructorParameters<typeof Sessions>[0],
    () => now,
    (length) => new Uint8Array(randomBytes(length)),
  );
const ada = { engagement: 'e1', roles: [], actor: 'actor:ada', verified_by: 'https://id.example.com' };

it('one person who signs in again and again ends his own sessions, used longest ago first, and nobody else is kept out', () => {
  const sessions = open();
  const other = sessions.open({ ...ada, actor: 'actor:grace' });
  const first = sessions.open(ada);
  const own = Array.from({ length: 19 }, () => {
    now += 1;
    return sessions.open(ada);
  });
  now += 1;
  // Twenty are open; the first is the one that is in use.
  expect(sessions.find(first.token)).toBe(first.session);
  now += 1;
  for (let more = 0; more < 12_000; more += 1) sessions.open({ ...ada, engagement: `e${more % 3}` });
  expect(sessions.find(own[0]?.token ?? '')).toBeUndefined();
  expect(sessions.find(first.token)).toBeUndefined();
  expect(sessions.find(other.token)).toBe(other.session);
});

it('and the one that is in use stays while others make room', () => {
  const sessions = open();
  const [first, second] = Array.from({ length: 20 }, () => {
    now += 1;
    return sessions.open(ada);
  });
  now += 1;
  sessions.find(first?.token ?? '');
  now += 1;
  sessions.open(ada);
  expect(sessions.find(first?.token ?? '')).toBe(first?.session);
  expect(sessions.find(second?.token ?? '')).toBeUndefined();
});
