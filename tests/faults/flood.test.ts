import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openReader } from '../../src/ledger/index.ts';
import type { EvidenceRecord } from '../../src/record/index.ts';
import { newToken } from '../../src/server/index.ts';
import { ended, sealAndRead, type Workshop, workshop } from './workshop.ts';

/** A flood of Falco's events on a server that is killed in it. What was not acknowledged is sent again, to the next server. */
const KILLS = 6;
const CALLERS = 4;
const PODS = 5;
const { token, hash } = newToken((length) => new Uint8Array(randomBytes(length)));
let place: Workshop;
beforeAll(async () => {
  place = await workshop();
});
afterAll(() => place.remove());

async function serve(): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./server-child.ts', import.meta.url));
  const EVENTS = JSON.stringify({ flood: { window_seconds: 1, same: 2 } });
  const child = spawn(process.execPath, ['--no-warnings', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FOLDER: place.folder, HASH: hash, EVENTS },
  });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [
    string,
  ];
  return { child, url: line };
}

let sent = 0;
const acknowledged = new Map<string, number>();
/** Sent, and no answer came: such an event may be there, and is sent again. */
let unsure = 0;

async function caller(urlOf: () => string | undefined, more: () => boolean): Promise<void> {
  let pending: { pod: string; body: string } | undefined;
  while (more() || pending !== undefined) {
    const url = urlOf();
    if (url === undefined) {
      await sleep(10);
      continue;
    }
    if (pending === undefined) {
      sent += 1;
      const pod = `web-${sent % PODS}`;
      const event = {
        rule: 'Terminal shell in container',
        priority: 'Notice',
        output: `shell number ${sent}`,
        time: new Date().toISOString(),
        output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': pod },
      };
      pending = { pod, body: JSON.stringify(event) };
    }
    try {
      const response = await fetch(`${url}/v1/events/falco/load/falco`, {
        method: 'POST',
        body: pending.body,
        headers: { authorization: `Bearer ${token}` },
      });
      await response.arrayBuffer();
      if (response.status !== 200) continue;
      acknowledged.set(pending.pod, (acknowledged.get(pending.pod) ?? 0) + 1);
      pending = undefined;
    } catch {
      unsure += 1;
      await sleep(5);
    }
  }
}

async function everything(size: number): Promise<EvidenceRecord[]> {
  const reader = await openReader(place.folder);
  const records: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, size))
    records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
  await reader.close();
  return records;
}

it('loses no event that was acknowledged: each has a record, or is in a count', async () => {
  let url: string | undefined;
  let going = true;
  const callers = Array.from({ length: CALLERS }, () =>
    caller(
      () => url,
      () => going,
    ),
  );
  for (let kill = 0; kill < KILLS; kill += 1) {
    const server = await serve();
    url = server.url;
    await sleep(1_200 + 100 * kill);
    url = undefined;
    const over = ended(server.child);
    server.child.kill('SIGKILL');
    await over;
  }
  const last = await serve();
  url = last.url;
  going = false;
  await Promise.all(callers);
  // The window ends while it lives, and is written.
  await sleep(3_000);
  const over = ended(last.child);
  last.child.kill('SIGKILL');
  await over;
  const { size } = await sealAndRead(place);
  const records = await everything(size);
  const found = new Map<string, number>();
  let counted = 0;
  for (const { record_type, tool, subject_id, details } of records) {
    if (record_type !== 'decision' || tool !== 'falco') continue;
    const count = (details?.counted as { events: number } | undefined)?.events;
    counted += count ?? 0;
    const pod = subject_id?.split('/').at(-1) ?? '';
    found.set(pod, (found.get(pod) ?? 0) + (count ?? 1));
  }
  expect(counted).toBeGreaterThan(0);
  const total = (counts: Map<string, number>) => [...counts.values()].reduce((sum, each) => sum + each, 0);
  for (const [pod, count] of acknowledged) expect(found.get(pod) ?? 0, pod).toBeGreaterThanOrEqual(count);
  // What had no answer may be counted before it and after it, and nothing else twice.
  expect(total(found)).toBeLessThanOrEqual(total(acknowledged) + unsure);
  expect(records.length).toBeLessThan(total(acknowledged));
});
