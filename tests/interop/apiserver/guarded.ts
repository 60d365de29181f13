import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildBundle, generateBundleKey, signBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { newToken, webhookConfiguration } from '../../../src/server/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { certificatesIn } from '../server/openssl.ts';
import { apply, manifestsIn, paths, type Reply, request } from './client.ts';
import { type ApiServer, startApiServer } from './server.ts';

/** Name under which the API server sends its audit events. */
export const AUDIT_EMITTER = 'kubernetes/test';

/** Everything, most of it without objects: what mutating webhooks changed, and what stands in configurations of webhooks, with them. */
const AUDIT = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: RequestResponse
    resources: [{group: admissionregistration.k8s.io, resources: [validatingwebhookconfigurations]}]
  - level: Request
    resources: [{group: "", resources: [pods]}]
  - level: Metadata
`;

/** A real API server that asks a real server of ours about each change, and sends its audit events to it, both by TLS. */
export interface Guarded {
  api: ApiServer;
  at: Harness;
  /** Where the API server writes the same events. */
  log: string;
  folder: string;
  /** The configuration that is meant to be in the cluster, as a file. */
  webhookFile: string;
  /** Makes an object, as kubectl create does. */
  create(text: string, more?: string): Promise<Reply>;
  /** Server-side apply of each object of a text. */
  applyAll(text: string): Promise<void>;
  place(text: string): Promise<string>;
  configure(failure: 'Fail' | 'Ignore'): Promise<void>;
  stop(): Promise<void>;
}

export async function startGuarded(policies: string): Promise<Guarded> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-guarded-'));
  const file = (name: string) => join(folder, name);
  certificatesIn(folder).authority('server', '-addext', 'subjectAltName=IP:127.0.0.1');
  const pair = generateBundleKey();
  writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
  const built = await buildBundle(policies, {
    opa: await keptCompiler(),
    revision: 'test',
    revision_time: Math.floor(Date.now() / 1_000) - 60,
  });
  const { tar } = await signBundle(built.files, pair.privateKeyPem, 'bundle');
  writeFileSync(file('bundle.tar.gz'), tar);
  const { token, hash } = newToken((length) => crypto.getRandomValues(new Uint8Array(length)));
  const settings = (port: number): Given => ({
    bundles: [{ name: 'main', file: file('bundle.tar.gz'), keys: [file('bundle.pub.pem')] }],
    tls: { cert: file('server.pem'), key: file('server.key') },
    // The port stays over a restart: the API server knows it.
    listen: { port },
    admission: { callers: 'anyone' },
    seal_milliseconds: 200,
    auth: { tokens: [{ name: 'api-server', hash, roles: ['emitter'], emitters: [AUDIT_EMITTER] }] },
  });
  const at = await harness(settings(0));
  await at.restart(settings(Number(new URL(at.url).port)));
  let log = '';
  const api = await startApiServer(async (of) => {
    log = join(of, 'audit.log');
    await writeFile(join(of, 'audit.yaml'), AUDIT);
    await writeFile(
      join(of, 'audit-webhook.json'),
      JSON.stringify(kubeconfig(`${at.url}/v1/kubernetes/audit/${AUDIT_EMITTER}`, file('server.pem'), token)),
      { mode: 0o600 },
    );
    return [
      '--allow-privileged=true',
      `--audit-policy-file=${join(of, 'audit.yaml')}`,
      `--audit-log-path=${log}`,
      '--audit-log-mode=blocking-strict',
      `--audit-webhook-config-file=${join(of, 'audit-webhook.json')}`,
      '--audit-webhook-mode=batch',
      '--audit-webhook-batch-max-wait=500ms',
      '--audit-webhook-batch-max-size=200',
      '--audit-webhook-initial-backoff=500ms',
    ];
  });
  const find = paths(api);
  const place = async (text: string): Promise<string> => {
    const [one] = manifestsIn(text);
    if (one === undefined) throw new Error('no manifest');
    return find(one);
  };
  const applyAll = async (text: string): Promise<void> => {
    for (const one of manifestsIn(text)) await apply(api, await find(one), one);
  };
  const webhookFile = file('webhook.yaml');
  const configure = async (failure: 'Fail' | 'Ignore'): Promise<void> => {
    const configuration = webhookConfiguration({
      place: { url: at.url },
      ca: readFileSync(file('server.pem')),
      failure,
      exempt: [],
      timeout: 5,
      deletes: false,
    });
    if (failure === 'Fail') writeFileSync(webhookFile, stringify(configuration));
    // JSON: an API server cannot write an event of level Request with a body in YAML, and drops its whole batch.
    await applyAll(JSON.stringify(configuration));
  };
  return {
    api,
    at,
    log,
    folder,
    webhookFile,
    place,
    applyAll,
    configure,
    create: async (text, more = '') =>
      request(api, 'POST', `${await place(text)}?fieldValidation=Strict${more}`, {
        type: 'application/yaml',
        text,
      }),
    stop: async () => {
      await api.stop();
      await at.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function kubeconfig(server: string, authority: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'exhibit', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'api-server', user: { token } }],
    contexts: [{ name: 'audit', context: { cluster: 'exhibit', user: 'api-server' } }],
    'current-context': 'audit',
  };
}

/** What `look` finds, asked until it finds something. @throws Error after two minutes, with what it was to find */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`it never came: ${what}`);
    await new Promise((next) => setTimeout(next, 200));
  }
}
