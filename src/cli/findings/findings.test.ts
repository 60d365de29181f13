import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import type { RecordDraft, Verdict } from '../../record/index.ts';
import { refuseWebhook } from '../../respond/index.ts';
import { Machine } from '../testing/program.ts';
import {
  type FindingReport,
  type FindingsReport,
  findingMetricsSchema,
  findingSchema,
  findingsSchema,
  noticesSchema,
} from './schema.ts';

let lake: Fixture;
let machine: Machine;
const servers: Server[] = [];
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  machine = new Machine('2026-03-01T10:00:00Z');
});
afterEach(async () => {
  await lake.remove();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

/** A watcher judges one subject. */
async function judge(
  verdict: Verdict,
  fields: Partial<RecordDraft> = {},
  day = '2026-03-01',
): Promise<string> {
  lake.at(`${day}T09:00:00.000Z`);
  const disposition = verdict === 'fail' ? ('observed' as const) : ('none' as const);
  const [id = ''] = await lake.decide(undefined, [
    ...(['encrypted', 'db/1', verdict] as const),
    { layer: 'runtime', environment: 'production', disposition, ...fields },
  ]);
  return id;
}
const on = (time: string) => machine.at(time);
const run = (...args: string[]) => machine.run('findings', ...args, '--evidence', lake.folder);

async function list(...flags: string[]): Promise<{ code: number; report: FindingsReport }> {
  const { code, stdout, stderr } = await run('list', ...flags, '-o', 'json');
  expect(stderr).toBe('');
  return { code, report: findingsSchema.parse(JSON.parse(stdout)) };
}
async function show(id: string): Promise<FindingReport['finding']> {
  return findingSchema.parse(JSON.parse((await run('show', id, '-o', 'json')).stdout)).finding;
}
async function first(): Promise<string> {
  const { report } = await list('--all');
  return report.findings[0]?.id ?? '';
}

describe('exhibit findings', () => {
  it('found, owned, acknowledged, fixed and closed with evidence', async () => {
    const failed = await judge('fail', { details: { labels: { owner: 'data@example.com' } } });
    const { code, report } = await list();
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([
      {
        ...{ policy: 'encrypted', subject: 'db/1', state: 'open', overdue: false },
        // High in production: three days after the log had it.
        ...{ due: '2026-03-04T09:00:00.000Z', owner: { name: 'data@example.com', by: 'label', weak: false } },
      },
    ]);
    expect(report.weaknesses).toEqual([]);
    const id = report.findings[0]?.id ?? '';
    const said = await run(
      'acknowledge',
      id.slice(0, 8),
      '--as',
      'Ada Lovelace',
      '--text',
      'looking; token=ghp_0123456789abcdefghijABCDEFGHIJ012345',
      '-o',
      'json',
    );
    expect(said.code).toBe(0);
    expect(said.stdout).not.toContain('Lovelace');
    expect(said.stdout).not.toContain('ghp_0123456789');
    expect((await list()).report.findings[0]?.state).toBe('acknowledged');
    const passed = await judge('pass', {}, '2026-03-02');
    on('2026-03-02T12:00:00Z');
    expect((await list()).code).toBe(0);
    const shown = await show(id);
    expect(shown.state).toBe('resolved');
    expect(shown.all_occurrences).toMatchObject([{ first_record: failed, closed_by: passed }]);
    expect(shown.history.map(({ what }) => what)).toEqual(['opened', 'acknowledged', 'resolved']);
    expect(shown.history[1]?.actor).toMatch(/^actor:[0-9a-f]{24}$/);
  });

  it('no verdict at runtime is no good news: 3', async () => {
    await lake.decide(undefined, ['encrypted', 'db/1', 'fail']);
    const { code, report } = await list();
    expect([code, report.judged, report.findings]).toEqual([3, 0, []]);
    expect((await run('list')).stdout).toContain('that nothing failed says nothing');
    expect((await run('metrics')).code).toBe(3);
  });

  it('low severity in a test environment is open, overdue and escalated on day 31', async () => {
    await judge('fail', { severity: 'low', environment: 'test' });
    on('2026-04-01T09:00:00.001Z');
    const { code, report } = await list('--overdue');
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([
      { state: 'open', overdue: true, escalation: { level: 1, since: '2026-03-31T09:00:00.000Z' } },
    ]);
    expect(report.weaknesses).toEqual(['1 open without an owner: they are of unassigned, the default']);
  });

  it('fails of admission that were let through count where the file says so; refused ones never do', async () => {
    await judge('pass', { subject_id: 'other' });
    await judge('fail', { layer: 'admission', disposition: 'warned' });
    await judge('fail', { layer: 'admission', disposition: 'enforced', subject_id: 'db/2' });
    expect((await list()).report.findings).toEqual([]);
    writeFileSync(join(machine.folder, 'respond.yaml'), 'admission: true\n');
    expect((await list()).report.findings.map(({ subject }) => subject)).toEqual(['db/1']);
  });

  it('a clock that is behind the log hides nothing, and this is said', async () => {
    await judge('fail');
    on('2026-02-01T00:00:00Z');
    const { code, report } = await list();
    expect([code, report.at, report.findings.length]).toEqual([1, '2026-03-01T09:00:00.000Z', 1]);
    expect(report.weaknesses.join()).toContain('behind the log');
    // What is said then comes after what it is about.
    await run('acknowledge', report.findings[0]?.id ?? '');
    expect((await list()).report.findings[0]?.state).toBe('acknowledged');
  });

  it('a text that is too long is refused, not cut', async () => {
    await judge('fail');
    const { code, stderr } = await run('comment', await first(), '--text', 'x'.repeat(4_001));
    expect([code, stderr]).toEqual([2, expect.stringContaining('4001 characters')]);
  });

  it('a simulated fail is none; a deleted subject is gone by a record alone', async () => {
    await judge('fail', { ext: '{"simulated":true}', disposition: 'none' });
    expect((await list()).report.findings).toEqual([]);
    await judge('fail');
    await judge('not_evaluated', {}, '2026-03-02');
    on('2026-03-03T10:00:00Z');
    expect((await show(await first())).all_occurrences[0]?.not_judged_since).toBe('2026-03-02T09:00:00.000Z');
    expect((await list()).report.findings).toHaveLength(1);
    await judge('not_evaluated', { details: { subject_state: 'gone' } }, '2026-03-03');
    expect((await list('--all')).report.findings).toMatchObject([{ state: 'gone' }]);
  });

  it('an owner reference and labels are read from the stored input', async () => {
    const object = (name: string) => ({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name, namespace: 'shop', labels: { team: 'web', 'pod-template-hash': 'abc' } },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-abc', controller: true }],
      },
    });
    for (const name of ['web-abc-1', 'web-abc-2']) {
      const input_ref = await lake.ledger.putBlob(new TextEncoder().encode(JSON.stringify(object(name))));
      await judge('fail', { subject_id: `Pod/shop/${name}`, input_ref });
    }
    expect((await list()).report.findings).toMatchObject([
      { subject: 'Deployment/shop/web', owner: { name: 'web', by: 'label' }, occurrences: { open: 2 } },
    ]);
  });

  it('an owner is read from the tags of an inventory, and from what an API server asked', async () => {
    writeFileSync(join(machine.folder, 'respond.yaml'), 'admission: true\n');
    const store = (value: unknown) => lake.ledger.putBlob(new TextEncoder().encode(JSON.stringify(value)));
    const item = await store({ resourceType: 'AWS::RDS::DBInstance', tags: { Owner: 'data' } });
    const object = { metadata: { name: 'web', annotations: { 'exhibit.dev/owner': 'web' } } };
    const review = await store({ kind: 'AdmissionReview', request: { object } });
    await judge('fail', { subject_id: 'arn:aws:rds:eu-central-1:1:db:a', input_ref: item });
    await judge('fail', { subject_id: 'Deployment/shop/web', input_ref: review, layer: 'admission' });
    const { findings } = (await list()).report;
    expect(findings.map(({ owner }) => [owner.name, owner.by]).sort()).toEqual([
      ['data', 'label'],
      ['web', 'annotation'],
    ]);
  });

  it('owners come from the checkouts and catalogues that the file names', async () => {
    const folder = machine.folder;
    mkdirSync(join(folder, 'shop', '.github'), { recursive: true });
    writeFileSync(join(folder, 'shop', '.github', 'CODEOWNERS'), '/infra/ @example/infra\n');
    writeFileSync(join(folder, 'services.yaml'), 'services: [{name: db, owner: data, subjects: ["db/*"]}]\n');
    const owners = (repository: string) =>
      writeFileSync(
        join(folder, 'respond.yaml'),
        `owners: {repositories: [{repository: github.com/example/shop, folder: ${repository}}], catalogues: [services.yaml]}\n`,
      );
    owners('shop');
    await judge('fail');
    await judge('fail', {
      ...{ subject_id: 'bucket/1', file: 'infra/a.tf', repository: 'https://github.com/example/shop' },
    });
    expect((await list()).report.findings.map(({ owner }) => [owner.name, owner.evidence]).sort()).toEqual([
      ['@example/infra', '.github/CODEOWNERS:1'],
      ['data', expect.stringContaining('services.yaml: db')],
    ]);
    owners('nowhere');
    const { code, stderr } = await run('list');
    expect([code, stderr]).toEqual([2, expect.stringContaining('nowhere is not there')]);
  });

  it('an override in the log closes until its sunset, and no longer', async () => {
    await judge('fail');
    const approved = {
      owner: 'ada@example.com',
      approver: 'grace@example.com',
      reason: 'The database is retired.',
    };
    const details = { ...approved, created: '2026-03-01T00:00:00.000Z', sunset: '2026-03-10T23:59:59.999Z' };
    const record = {
      ...{ record_type: 'override' as const, policy_id: 'encrypted', override_id: 'db-7' },
      ...{ override_digest: `sha256:${'b'.repeat(64)}` as const, layer: 'evidence' as const },
    };
    const scope = { subjects: ['db/*'] };
    // Of a scanner, or without an approver: it is no override.
    await lake.put('scanner', { ...record, details: { ...details, scope } });
    await lake.put('exhibit', {
      ...record,
      override_digest: `sha256:${'c'.repeat(64)}`,
      details: { ...details, scope, approver: '' },
    });
    expect((await list()).code).toBe(1);
    await lake.put('exhibit', { ...record, details: { ...details, scope } });
    expect((await list('--all')).report.findings).toMatchObject([{ state: 'waived' }]);
    on('2026-03-11T00:00:00Z');
    // What is waived does not begin anew: it was due on 4 March, so it is due when the override ends.
    expect((await list()).report.findings).toMatchObject([
      { state: 'reopened', overdue: false, due: '2026-03-11T00:00:00.000Z' },
    ]);
    expect((await show(await first())).history.map(({ what }) => what)).toEqual([
      'opened',
      'waived',
      'reopened',
    ]);
  });

  it('a snooze past the due date is not allowed, nor a word that would close', async () => {
    await judge('fail');
    const id = await first();
    const late = await run('snooze', id, '--until', '2026-03-09');
    expect(late.code).toBe(4);
    expect(late.stderr).toContain('exhibit override request');
    expect((await run('snooze', id, '--until', '2026-02-01')).code).toBe(2);
    expect((await run('snooze', id, '--until', '2026-03-03')).code).toBe(0);
    expect((await show(id)).snoozed_until).toBe('2026-03-03T23:59:59.999Z');
    expect((await run('acknowledge', 'F-none')).code).toBe(2);
    expect((await run('assign', id, '--to', 'payments@example.com')).code).toBe(0);
    expect((await run('comment', id, '--text', 'resolved, close it')).code).toBe(0);
    expect((await list()).report.findings).toMatchObject([{ state: 'open', owner: { by: 'assignment' } }]);
    await judge('pass', {}, '2026-03-02');
    on('2026-03-02T10:00:00Z');
    expect((await run('acknowledge', id)).code).toBe(4);
  });

  it('the clock of Article 23, with what each step rests on', async () => {
    const failed = await judge('fail');
    const id = await first();
    expect((await run('submit', id, 'early_warning', '--reference', 'C-1')).code).toBe(2);
    expect((await run('incident', id, '--known', '2026-03-05')).code).toBe(2);
    expect((await run('incident', id, '--known', '2026-03-01T09:30:00Z')).code).toBe(0);
    on('2026-03-02T09:30:00.001Z');
    const { stdout } = await run('submit', id, 'early_warning', '--reference', 'C-1', '-o', 'json');
    const { article23, history } = findingSchema.parse(JSON.parse(stdout)).finding;
    const [marked, submitted] = history.slice(-2).map(({ record_id }) => record_id);
    expect(article23?.steps).toMatchObject([
      {
        step: 'early_warning',
        due: '2026-03-02T09:30:00.000Z',
        late: true,
        reference: 'C-1',
        evidence: [marked, failed, submitted],
      },
      { step: 'notification', due: '2026-03-04T09:30:00.000Z', late: false, evidence: [marked, failed] },
      { step: 'final_report', due: '2026-04-01T09:30:00.000Z', late: false },
    ]);
  });

  it('figures: what is open counts with its age', async () => {
    await judge('fail');
    await judge('fail', { subject_id: 'db/2' });
    await judge('pass', {}, '2026-03-02');
    on('2026-03-05T09:00:00Z');
    const { code, stdout } = await run('metrics', '-o', 'json');
    expect(code).toBe(0);
    const { all } = findingMetricsSchema.parse(JSON.parse(stdout));
    // One day, and four days so far.
    expect(all.resolve).toEqual({ count: 2, open: 1, median: 86_400, p90: 4 * 86_400 });
    expect((await run('metrics')).stdout).toContain('1d / 4d (1 open)');
  });

  it('documents fit the published schemas', async () => {
    await judge('fail');
    const id = await first();
    await run('incident', id);
    const documents: [string, string[]][] = [
      ['findings', ['list']],
      ['finding', ['show', id]],
      ['finding-metrics', ['metrics']],
      ['finding-notices', ['notify', '--dry-run']],
    ];
    for (const [name, command] of documents) {
      const file = join(import.meta.dirname, '../../../schemas', `${name}.schema.json`);
      const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(file, 'utf8')));
      const { stdout } = await run(...command, '-o', 'json');
      expect([name, validate(JSON.parse(stdout)), validate.errors]).toEqual([name, true, null]);
    }
  });
});

describe('exhibit findings notify', () => {
  const SECRET = 'a secret of more than 24 bytes';

  /** A receiver, and the channel that leads to it. */
  async function channel(
    status: () => number = () => 200,
    more = '',
  ): Promise<{ id: string; event: string }[]> {
    const got: { id: string; event: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const code = status();
        const refused = refuseWebhook(request.headers, body, SECRET, machine.now);
        if (code === 200 && refused === undefined)
          got.push({ id: String(request.headers['webhook-id']), event: JSON.parse(body).event });
        response.writeHead(refused === undefined ? code : 401).end();
      });
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      join(machine.folder, 'respond.yaml'),
      `channels:
  - {name: desk, kind: webhook, url: "http://127.0.0.1:${port}/hook", secret: {env: DESK_SECRET}, events: [opened, reopened, escalated, closed]}
retry: {attempts: 2, first: PT0S}
${more}`,
    );
    machine.env.DESK_SECRET = SECRET;
    return got;
  }
  async function notify(...flags: string[]) {
    const { code, stdout } = await run('notify', ...flags, '-o', 'json');
    return { code, notices: noticesSchema.parse(JSON.parse(stdout)).notices };
  }

  it('tells each event once, over restarts, from the opening to the end', async () => {
    const got = await channel();
    await judge('fail');
    expect((await notify('--dry-run')).notices).toMatchObject([{ event: 'opened', outcome: 'due' }]);
    expect(got).toEqual([]);
    expect(await notify()).toMatchObject({ code: 0, notices: [{ outcome: 'delivered' }] });
    expect(await notify()).toEqual({ code: 0, notices: [] });
    on('2026-03-04T09:00:00.001Z');
    expect((await notify()).notices).toMatchObject([{ event: 'escalated/1' }]);
    await judge('pass', {}, '2026-03-05');
    on('2026-03-05T10:00:00Z');
    await notify();
    await judge('fail', {}, '2026-03-06');
    on('2026-03-06T10:00:00Z');
    await notify();
    expect(await notify()).toEqual({ code: 0, notices: [] });
    expect(got.map(({ event }) => event)).toEqual(['opened', 'escalated/1', 'closed/resolved', 'reopened']);
    expect(new Set(got.map(({ id }) => id)).size).toBe(4);
    const { deliveries } = await show(await first());
    expect(deliveries.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(4);
  });

  it('a failure is a record and exit 3; the next run tells it', async () => {
    let status = 500;
    const got = await channel(() => status);
    await judge('fail');
    const { code, notices } = await notify();
    expect([code, notices]).toMatchObject([
      3,
      [{ outcome: 'failed', attempts: 2, why: 'it answers HTTP 500' }],
    ]);
    const outcomes = (await show(await first())).deliveries.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['sending', 'failed', 'sending', 'failed']);
    status = 200;
    expect((await notify()).code).toBe(0);
    expect(got).toHaveLength(1);
  });

  it('a channel without its secret ends it before a word is sent; nobody to tell is said', async () => {
    const got = await channel();
    await judge('fail');
    delete machine.env.DESK_SECRET;
    const { code, stderr } = await run('notify');
    expect(code).toBe(2);
    expect(stderr).toContain('DESK_SECRET is not set');
    expect(got).toEqual([]);
    writeFileSync(join(machine.folder, 'respond.yaml'), '');
    expect((await run('notify')).stderr).toContain('no channel is set');
  });

  it.each([
    ['a word that is not known', 'ages_out: true\n', 'respond.yaml'],
    ['a channel of an escalation that is not there', 'escalation: [{after: P1D, notify: [boss]}]\n', 'boss'],
    ['no YAML', 'a: [', 'respond.yaml:1'],
  ])('a configuration with %s is refused', async (_name, text, told) => {
    await judge('fail');
    writeFileSync(join(machine.folder, 'respond.yaml'), text);
    const { code, stderr } = await run('list');
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });
});
