import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { folderStore, type NamedStore } from '../../store/index.ts';
import { openCheckpoint, parseVkey, type VerifierKey, verifyProof } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { initWitness, openState, type RunningWitness, startWitness } from '../../witness/index.ts';
import { makeCosigner } from '../../witness/keys.ts';
import {
  acknowledgeAlarm,
  askWitnesses,
  copyLedger,
  initLedger,
  ledgerStatus,
  makeWitnesses,
  openLedger,
  openReader,
  readKnown,
  rotateKey,
  verifyLedger,
  type WitnessSetting,
} from '../index.ts';
import { decision } from '../testing/records.ts';

const { sha256 } = nodeCrypto;
const work = mkdtempSync(join(tmpdir(), 'exhibit-witnessed-'));
const random = (length: number) => new Uint8Array(randomBytes(length));
const clock = Date.now;
const ORIGIN = 'example.com/witnessed';
const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => rmSync(work, { recursive: true }));

interface Evidence {
  folder: string;
  vkey: string;
}
const fresh = (name: string) => join(mkdtempSync(join(work, `${name}-`)), name);

async function evidence(records = 5): Promise<Evidence> {
  const folder = fresh('evidence');
  const { vkey } = await initLedger(folder, { origin: ORIGIN, random, clock });
  await grow(folder, records);
  return { folder, vkey };
}

async function grow(folder: string, records: number): Promise<number> {
  const ledger = await openLedger(folder, { clock, random });
  await ledger.append(
    'ci',
    Array.from({ length: records }, () => decision('ci', clock())),
  );
  const { size } = await ledger.seal();
  await ledger.close();
  return size;
}

/** A witness that runs and knows the log. */
async function witness(vkey: string, name = 'w.example.org/w1') {
  const folder = fresh('witness');
  const [own = ''] = await initWitness(folder, { name, types: ['cosignature'], random });
  const knows = (key: string) => {
    const state = openState(folder);
    state.addKey(ORIGIN, key, false);
    state.close();
  };
  if (vkey !== '') knows(vkey);
  const server: RunningWitness = await startWitness({
    folder,
    host: '127.0.0.1',
    port: 0,
    clock,
    log: () => undefined,
  });
  running.push(server);
  const [setting] = makeWitnesses([{ url: server.url, vkey: own }]) as [WitnessSetting];
  return { folder, setting, vkey: own, key: parseVkey(sha256, own), knows };
}

const round = (folder: string, witnesses: readonly WitnessSetting[], timeout = 5_000) =>
  askWitnesses(folder, { witnesses, clock, timeout });
const kinds = async (folder: string, witnesses: readonly WitnessSetting[], timeout?: number) =>
  (await round(folder, witnesses, timeout)).outcomes.map(({ outcome }) => outcome.kind);
const keysOf = (vkey: string, ...more: VerifierKey[]) => [parseVkey(sha256, vkey), ...more];

/** Somebody who answers in the place of a witness. */
async function impostor(listener: RequestListener): Promise<WitnessSetting> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  running.push({
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  const { key } = makeCosigner('w.example.org/impostor', 'cosignature', random);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys: [key] };
}

describe('a ledger and its witnesses', () => {
  it('keeps what they co-sign beside the log; a seal drops nothing of it', async () => {
    const { folder, vkey } = await evidence(5);
    const [a, b] = [await witness(vkey, 'a.example.org'), await witness(vkey, 'b.example.org')];
    expect(await kinds(folder, [a.setting, b.setting])).toEqual(['cosigned', 'cosigned']);
    expect(await grow(folder, 300)).toBe(305);
    const reader = await openReader(folder);
    const kept = openCheckpoint((await reader.cosignedText()) ?? '', keysOf(vkey, a.key, b.key), nodeCrypto);
    expect([kept.size, kept.witnesses.length]).toEqual([5, 2]);
    // The whole log is verified with both, and says up to where.
    const all = await verifyLedger(folder, { vkeys: [vkey], witnesses: [a.key, b.key] });
    expect(all.checkpoint.size).toBe(305);
    expect(all.cosigned.map(({ size, witnesses }) => [size, witnesses.length])).toEqual([[5, 2]]);
    // A proof is against the newest co-signed checkpoint that covers the record, else against the latest.
    const proven = async (index: number) =>
      verifyProof(
        (await reader.entry(index)).bytes,
        await reader.proof(index),
        keysOf(vkey, a.key, b.key),
        nodeCrypto,
      ).checkpoint;
    expect([(await proven(3)).size, (await proven(3)).witnesses.length]).toEqual([5, 2]);
    expect([(await proven(7)).size, (await proven(7)).witnesses.length]).toEqual([305, 0]);
    await round(folder, [a.setting, b.setting]);
    expect([(await proven(3)).size, (await proven(7)).size, (await proven(304)).witnesses.length]).toEqual([
      305, 305, 2,
    ]);
    expect(readdirSync(join(folder, 'log', 'cosigned')).sort()).toEqual(['305', 'index']);
    await reader.close();
  });

  it('keeps the one with more witnesses while a newer one has fewer, and says who is away', async () => {
    const { folder, vkey } = await evidence(4);
    const [a, b] = [await witness(vkey, 'a.example.org'), await witness(vkey, 'b.example.org')];
    await round(folder, [a.setting, b.setting]);
    await grow(folder, 1);
    await running.pop()?.stop();
    expect(await kinds(folder, [a.setting, b.setting])).toEqual(['cosigned', 'away']);
    const { cosigned } = await verifyLedger(folder, { vkeys: [vkey], witnesses: [a.key, b.key] });
    expect(cosigned.map(({ size, witnesses }) => [size, witnesses.length])).toEqual([
      [5, 1],
      [4, 2],
    ]);
    const { witnesses } = await ledgerStatus(folder);
    expect(witnesses.find(({ name }) => name === 'a.example.org')).toMatchObject({
      size: 5,
      failing: undefined,
    });
    expect(witnesses.find(({ name }) => name === 'b.example.org')).toMatchObject({
      size: 4,
      failing: { kind: 'away', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('finds where a witness is when it does not know it any more', async () => {
    const { folder, vkey } = await evidence(4);
    const a = await witness(vkey);
    await round(folder, [a.setting]);
    await grow(folder, 296);
    rmSync(join(folder, 'witnesses.db'));
    expect(await kinds(folder, [a.setting])).toEqual(['cosigned']);
    expect(await kinds(folder, [a.setting])).toEqual(['cosigned']);
  });

  it('adds the cosignatures of several rounds to one checkpoint, a newer one for an older one', async () => {
    const { folder, vkey } = await evidence(4);
    const [a, b] = [await witness(vkey, 'a.example.org'), await witness(vkey, 'b.example.org')];
    await round(folder, [a.setting]);
    await Promise.all([round(folder, [b.setting]), round(folder, [a.setting])]);
    const note = (await (await openReader(folder)).cosignedText()) ?? '';
    expect(openCheckpoint(note, keysOf(vkey, a.key, b.key), nodeCrypto).witnesses).toHaveLength(2);
    expect(note.match(/^— /gm)).toHaveLength(3);
  });

  it('a witness that does not know the log, or its new key, refuses; it is said and the others count', async () => {
    const { folder, vkey } = await evidence(4);
    const [a, b] = [await witness('', 'a.example.org'), await witness(vkey, 'b.example.org')];
    const { outcomes } = await round(folder, [a.setting, b.setting]);
    expect(outcomes[0]?.outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('does not know the log'),
    });
    expect(outcomes[1]?.outcome).toMatchObject({ kind: 'cosigned' });
    const { vkey: next } = await rotateKey(folder, { clock, random });
    // Both keys signed this one.
    expect(await kinds(folder, [b.setting])).toEqual(['cosigned']);
    await grow(folder, 1);
    const after = await round(folder, [b.setting]);
    expect(after.outcomes[0]?.outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('does not know the key'),
    });
    b.knows(next);
    expect(await kinds(folder, [b.setting])).toEqual(['cosigned']);
    // A reader who has the old key is led to the new one, also for what was co-signed.
    const verified = await verifyLedger(folder, { vkeys: [vkey], witnesses: [b.key] });
    expect(verified.cosigned[0]?.witnesses).toHaveLength(1);
    // One who has the new key alone leaves out what the old one signed.
    const { cosigned } = await verifyLedger(folder, { vkeys: [next], witnesses: [b.key] });
    expect(cosigned.every(({ key }) => key.id === parseVkey(sha256, next).id)).toBe(true);
  });

  it('a copy in another store brings the cosignatures and the handovers along', async () => {
    const { folder, vkey } = await evidence(4);
    const a = await witness(vkey);
    await round(folder, [a.setting]);
    await rotateKey(folder, { clock, random });
    const place = fresh('copy');
    const store: NamedStore = { ...folderStore(place), name: place };
    await copyLedger(folder, store);
    const verified = await verifyLedger(place, { vkeys: [vkey], witnesses: [a.key] });
    expect(verified.cosigned.map(({ size, witnesses }) => [size, witnesses.length])).toEqual([[4, 1]]);
    await round(folder, [a.setting]);
    await copyLedger(folder, store);
    expect((await verifyLedger(place, { vkeys: [vkey], witnesses: [a.key] })).cosigned[0]?.size).toBe(5);
  });
});

describe('a witness that knows another history', () => {
  async function two() {
    const { folder, vkey } = await evidence(4);
    const a = await witness(vkey);
    await round(folder, [a.setting]);
    const copy = fresh('copy');
    cpSync(folder, copy, { recursive: true });
    return { folder, copy, vkey, a };
  }

  it('of more records: a rollback, or a restored copy', async () => {
    const { folder, copy, a } = await two();
    await grow(folder, 3);
    await round(folder, [a.setting]);
    const { outcomes } = await round(copy, [a.setting]);
    expect(outcomes[0]?.outcome).toMatchObject({
      kind: 'alarm',
      alarm: {
        kind: 'rollback',
        proven: true,
        message: expect.stringContaining('it knows 7 records, the folder has 4'),
      },
    });
    const { alarms, witnesses } = await ledgerStatus(copy);
    expect(alarms).toMatchObject([{ id: 1, kind: 'rollback', proven: true, acknowledged: undefined }]);
    expect(witnesses[0]?.failing?.kind).toBe('alarm');
    // Both are kept, each signed.
    expect([alarms[0]?.ours, alarms[0]?.theirs].map((note) => note?.split('\n')[1])).toEqual(['4', '7']);
    // The same one again is one alarm.
    await round(copy, [a.setting]);
    expect(readKnown(copy).alarms).toHaveLength(1);
    await acknowledgeAlarm(copy, 1, 'restored from a copy', clock);
    await round(copy, [a.setting]);
    expect(readKnown(copy).alarms).toMatchObject([{ acknowledged: { reason: 'restored from a copy' } }]);
    await expect(acknowledgeAlarm(copy, 2, 'x', clock)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('whose word changes each time is one alarm until it has co-signed again', async () => {
    const { folder, a } = await two();
    let claim = 1_000;
    let lies = true;
    const liar = await impostor(async (request, response) => {
      if (request.method === 'GET') {
        response.end(`${ORIGIN}\n${claim}\n${'A'.repeat(43)}=\n\n— ${ORIGIN} AAAAAAA=\n`);
        return;
      }
      claim += 1;
      if (lies) response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${claim}\n`);
      else {
        const body: Buffer[] = [];
        for await (const chunk of request) body.push(chunk as Buffer);
        const real = await fetch(`${a.setting.url}/add-checkpoint`, {
          method: 'POST',
          body: Buffer.concat(body),
        });
        response.writeHead(real.status, { 'content-type': real.headers.get('content-type') ?? '' });
        response.end(await real.text());
      }
    });
    const witnesses = [{ url: liar.url, keys: [a.key] }];
    for (let times = 0; times < 3; times += 1) expect(await kinds(folder, witnesses)).toEqual(['alarm']);
    expect(readKnown(folder).alarms).toHaveLength(1);
    lies = false;
    expect(await kinds(folder, witnesses)).toEqual(['cosigned']);
    expect((await ledgerStatus(folder)).witnesses.map(({ failing }) => failing)).toEqual([
      undefined,
      undefined,
    ]);
    lies = true;
    await round(folder, witnesses);
    expect(readKnown(folder).alarms.map(({ proven }) => proven)).toEqual([false, false]);
  });

  it.each([
    ['the same size', 3],
    ['a larger size', 9],
  ])('that somebody with the key wrote on to, to %s', async (_, records) => {
    const { folder, copy, a } = await two();
    await grow(folder, 3);
    await round(folder, [a.setting]);
    await grow(copy, records);
    const { outcomes } = await round(copy, [a.setting]);
    expect(outcomes[0]?.outcome).toMatchObject({
      kind: 'alarm',
      alarm: {
        kind: 'fork',
        proven: true,
        message: expect.stringMatching(/signed size 7 with root .* two histories/),
      },
    });
    // The honest one goes on.
    await grow(folder, 1);
    expect(await kinds(folder, [a.setting])).toEqual(['cosigned']);
  });

  it('that was rewritten from its beginning and signed again with the stolen key', async () => {
    const folder = fresh('evidence');
    const { vkey } = await initLedger(folder, { origin: ORIGIN, random, clock });
    const stolen = fresh('stolen');
    cpSync(folder, stolen, { recursive: true });
    await grow(folder, 600);
    const a = await witness(vkey);
    await round(folder, [a.setting]);
    await grow(stolen, 700);
    expect((await round(stolen, [a.setting])).outcomes[0]?.outcome).toMatchObject({
      kind: 'alarm',
      alarm: { kind: 'fork', proven: true },
    });
    // The auditor's copy of the co-signed checkpoint says so without the witness.
    const kept = (await (await openReader(folder)).cosignedText()) ?? '';
    await expect(verifyLedger(stolen, { vkeys: [vkey], known: [kept] })).rejects.toMatchObject({
      code: 'LEDGER_ROLLBACK',
      details: { index: 0, last: 599 },
    });
  });

  it('of another log with the same name and its own key: it is refused, and no alarm', async () => {
    const { a } = await two();
    const other = await evidence(9);
    expect(await kinds(other.folder, [a.setting])).toEqual(['refused']);
    // Where the witness takes both keys for the log, it is two histories of one log.
    a.knows(other.vkey);
    const { outcomes } = await round(other.folder, [a.setting]);
    expect(outcomes[0]?.outcome).toMatchObject({ kind: 'alarm', alarm: { kind: 'fork', proven: false } });
  });
});

describe('what answers in the place of a witness', () => {
  const answers: [string, RequestListener, object][] = [
    [
      'nothing',
      () => undefined,
      { kind: 'away', message: expect.stringContaining('did not answer within 0.3 s') },
    ],
    [
      'without end',
      (_, response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.on('close', () => clearInterval(more));
      },
      { kind: 'away' },
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      { kind: 'away' },
    ],
    ['an error of its own', (_, response) => response.writeHead(503).end('later'), { kind: 'away' }],
    ['no line', (_, response) => response.end(''), { kind: 'refused' }],
    ['a page', (_, response) => response.end('<html>welcome</html>\n'), { kind: 'refused' }],
    [
      'more text before its lines',
      (_, response) => response.end('\nmore\n\n— x AAAAAAA=\n'),
      { kind: 'refused' },
    ],
    ['a conflict without a size', (_, response) => response.writeHead(409).end('7'), { kind: 'refused' }],
    [
      'the size that it was given',
      (_, response) => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('0\n'),
      { kind: 'refused' },
    ],
    [
      'a size that the log never had, and shows nothing',
      (request, response) =>
        request.method === 'POST'
          ? response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('99999\n')
          : response.writeHead(404).end(),
      { kind: 'alarm', alarm: { kind: 'rollback', proven: false } },
    ],
    [
      'that it is inconsistent, and shows nothing',
      (request, response) => response.writeHead(request.method === 'POST' ? 422 : 404).end(),
      { kind: 'alarm', alarm: { kind: 'fork', proven: false } },
    ],
  ];
  it.each(answers)('%s', async (_, listener, expected) => {
    const { folder } = await evidence(2);
    const setting = await impostor(listener);
    const { outcomes } = await round(folder, [setting], 300);
    expect(outcomes[0]?.outcome).toMatchObject(expected);
    expect(readdirSync(join(folder, 'log'))).not.toContain('cosigned');
    expect((await ledgerStatus(folder)).witnesses[0]?.failing).toBeDefined();
  });

  it('a good cosignature of a key that is not known of it', async () => {
    const { folder, vkey } = await evidence(2);
    const real = await witness(vkey);
    const other = await impostor(() => undefined);
    const { outcomes } = await round(folder, [{ url: real.setting.url, keys: other.keys }]);
    expect(outcomes[0]?.outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('without a cosignature'),
    });
  });

  it('a cosignature of the right key over another text', async () => {
    const { folder } = await evidence(2);
    const signer = makeCosigner('w.example.org/impostor', 'cosignature', random);
    const setting = await impostor((_, response) =>
      response.end(signer.cosign(`${ORIGIN}\n3\n`, 1_700_000_000)),
    );
    const { outcomes } = await round(folder, [{ ...setting, keys: [signer.key] }]);
    expect(outcomes[0]?.outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('does not verify'),
    });
  });
});

describe('the settings of witnesses', () => {
  const { key } = makeCosigner('w.example.org', 'cosignature', random);
  const line = (one: VerifierKey) => `${one.name}+${one.id}+`;
  it('are refused where a URL or a key is none, or the key of a log', async () => {
    const { vkey } = await initLedger(fresh('log'), { origin: ORIGIN, random, clock });
    expect(() => makeWitnesses([{ url: 'ftp://x', vkey }])).toThrow(/no http or https/);
    expect(() => makeWitnesses([{ url: 'https://user:word@x', vkey }])).toThrow(/no http or https/);
    expect(() => makeWitnesses([{ url: 'https://x', vkey }])).toThrow(/that of a log/);
    expect(() => makeWitnesses([{ url: 'https://x', vkey: line(key) }])).toThrow(
      /key of the witness https:\/\/x/,
    );
  });
});
