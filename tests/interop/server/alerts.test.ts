import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { newToken, type RunningServer, settingsSchema, startServer } from '../../../src/server/index.ts';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';
import { initWitness } from '../../../src/witness/index.ts';
import { toolIsThere } from '../policy/export-corpus.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RULES = 'deploy/prometheus/rules.yml';
const DASHBOARD = 'deploy/grafana/exhibit.json';
const CHART = 'deploy/helm/exhibit';
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string }[];
}

const alerts = (parseYaml(read(RULES)) as { groups: { rules: Alert[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
const dashboard = JSON.parse(read(DASHBOARD)) as { panels: Panel[]; schemaVersion: number; uid: string };
const expressions = dashboard.panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));
const named = (text: string) => [...text.matchAll(/\bexhibit_[a-z_]+/g)].map(([name]) => name);

const promtool = await toolIsThere('promtool', ['--version']);
const whyProm = promtool ? '' : ' (skipped: no promtool found)';
const helm = await toolIsThere('helm', ['version']);

describe('alerts and the dashboard name what servers show', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-alerts-'));
  const engineer = newToken(random);
  let store: Harness;
  let webhook: RunningServer;

  beforeAll(async () => {
    const queue = { url: 'http://127.0.0.1:9/1/findings', emitter: 'aws/findings', name: 'findings' };
    writeFileSync(join(folder, 'bundle.pub.pem'), '');
    const [vkey = ''] = await initWitness(join(folder, 'witness'), {
      name: 'w.example',
      types: ['cosignature'],
      random,
    });
    writeFileSync(join(folder, 'roots.pem'), rootCertificates[0] ?? '');
    store = await harness({
      events: { queues: [{ ...queue, region: 'eu-west-1' }] },
      ledger: {
        witnesses: [{ url: 'http://127.0.0.1:9', keys: [vkey] }],
        timestamps: { url: 'http://127.0.0.1:9', root: join(folder, 'roots.pem') },
        checkpoints: { copies: [join(folder, 'copies')] },
      },
    });
    writeFileSync(
      join(folder, 'kubeconfig'),
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
        users: [{ name: 'u', user: { token: 'none' } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    webhook = await startServer({
      settings: settingsSchema.parse({
        evidence: store.url,
        spool: { folder: join(folder, 'spool') },
        emitter: 'webhook',
        listen: { port: 0 },
        tls: {
          issued: {
            folder: join(folder, 'tls'),
            names: ['127.0.0.1'],
            webhook: { configuration: 'exhibit', kubeconfig: join(folder, 'kubeconfig') },
          },
        },
        bundles: [
          { name: 'main', file: join(folder, 'none.tar.gz'), keys: [join(folder, 'bundle.pub.pem')] },
        ],
        auth: { tokens: [{ name: 'engineer', hash: engineer.hash, roles: ['engineer'] }] },
      }),
      version: '0.0.0-test',
      clock: Date.now,
      random,
      log: () => undefined,
      openLedger: () => Promise.reject(new Error('it has no ledger')),
      token: store.tokens.emitter,
      actorOf: (name) => `actor:${name.length}`,
      triesApart: 1,
    });
  }, 60_000);
  afterAll(async () => {
    await webhook.stop();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const ofWebhook = () =>
    new Promise<string>((resolve, reject) => {
      const ca = readFileSync(join(folder, 'tls', 'bundle.pem'));
      const headers = { authorization: `Bearer ${engineer.token}` };
      const sent = request(`${webhook.url}/metrics`, { ca, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (piece: Buffer) => {
          body += piece.toString();
        });
        response.once('end', () => resolve(body));
      });
      sent.once('error', reject);
      sent.end();
    });
  const shown = async (): Promise<Set<string>> => {
    await store.server.look();
    const own = await store.send('/metrics', { token: store.tokens.engineer });
    // The second answer has the time of the first.
    const again = await store.send('/metrics', { token: store.tokens.engineer });
    const text = [await own.text(), await again.text(), await ofWebhook()].join('\n');
    return new Set(named(text));
  };

  // A bundle that was never read has no age yet: these two come with the first one (bundles.test.ts).
  const LATER = new Set(['exhibit_bundle_read_seconds', 'exhibit_bundle_revision_seconds']);

  it('in a scrape of a store with a queue, and of a webhook with a spool and its own certificate', async () => {
    const names = new Set([...alerts.map(({ expr }) => expr), ...expressions].flatMap(named));
    expect(names.size).toBeGreaterThan(35);
    const seen = await shown();
    expect([...names].filter((name) => !seen.has(name) && !LATER.has(name))).toEqual([]);
  });
});

describe('the rules', () => {
  it('each has a section of the runbook, and each section a rule', () => {
    const page = read('docs/runbooks/alerts.md');
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
    for (const { alert, annotations } of alerts)
      expect(annotations.runbook).toBe(`docs/runbooks/alerts.md#${alert.toLowerCase()}`);
    for (const part of page.split(/^## /m).slice(1))
      for (const word of ['Symptom', 'Meaning', 'First look', 'Mend', 'Tell the auditor'])
        expect(part, part.split('\n')[0]).toContain(`**${word}`);
  });

  it.skipIf(!promtool)(`are rules to the real promtool, and fire when they should${whyProm}`, () => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, encoding: 'utf8' });
      return { status, text: stdout + stderr };
    };
    const checked = run('check', 'rules', RULES);
    expect(checked.text).toContain(`${alerts.length} rules found`);
    expect(checked.status).toBe(0);
    expect(run('test', 'rules', 'deploy/prometheus/rules.test.yml')).toMatchObject({ status: 0 });
  });

  it.skipIf(!promtool)(`the dashboard asks what Prometheus can read${whyProm}`, () => {
    const rules = expressions.map((expr, i) => ({
      record: `panel:${i}`,
      expr: expr.replaceAll('$job', '.*'),
    }));
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-dashboard-'));
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', join(folder, 'rules.json')], {
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('the dashboard', () => {
  it('has panels with ids of their own that do not lie on one another', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = new Set<string>();
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.has(`${x} ${y}`), title).toBe(false);
          cells.add(`${x} ${y}`);
        }
    }
    for (const { targets = [], title } of panels)
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
  });
});

describe('the chart', () => {
  it('ships the same rules and the same dashboard', () => {
    expect(read(`${CHART}/monitoring/rules.yml`)).toBe(read(RULES));
    expect(read(`${CHART}/monitoring/exhibit.json`)).toBe(read(DASHBOARD));
  });

  it.skipIf(!helm)(
    `makes objects of them where that is asked for${helm ? '' : ' (skipped: no helm found)'}`,
    () => {
      const rendered = (monitoring: Record<string, unknown>) => {
        const values = {
          image: { digest: `sha256:${'9'.repeat(64)}` },
          bundle: {
            keys: 'PEM',
            origin: { oci: { reference: 'registry.example.com/acme/policies:latest' } },
          },
          networkPolicy: { apiServer: [{ ipBlock: { cidr: '10.0.0.0/28' } }] },
          monitoring,
        };
        const { status, stdout, stderr } = spawnSync(
          'helm',
          ['template', 'guard', CHART, '--namespace', 'exhibit', '--kube-version', '1.34.3', '--values', '-'],
          { cwd: ROOT, encoding: 'utf8', input: JSON.stringify(values) },
        );
        expect([status, stderr]).toEqual([0, '']);
        return parseAllDocuments(stdout)
          .map(
            (one) =>
              one.toJS() as {
                kind: string;
                metadata: { labels: unknown };
                spec: unknown;
                data: unknown;
              } | null,
          )
          .filter((one) => one !== null);
      };
      expect(rendered({}).some(({ kind }) => kind === 'PrometheusRule')).toBe(false);
      const objects = rendered({ rules: true, dashboards: true, labels: { release: 'prometheus' } });
      const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
      expect(rule?.spec).toEqual(parseYaml(read(RULES)));
      expect(rule?.metadata.labels).toMatchObject({ release: 'prometheus' });
      const map = objects.find(
        ({ data }) => (data as Record<string, string> | undefined)?.['exhibit.json'] !== undefined,
      );
      const { data = {} } = (map ?? {}) as { data?: Record<string, string> };
      expect(JSON.parse(data['exhibit.json'] ?? '')).toEqual(dashboard);
    },
  );
});
