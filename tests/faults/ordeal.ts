import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
// Not part of a contract: a bundle for tests.
import { metadata } from '../../src/engine/testing/bundles.ts';
import { generateBundleKey } from '../../src/policy/index.ts';
import { newToken } from '../../src/server/index.ts';
import { signedBundle } from '../../src/server/testing/signed.ts';
import { SPOOL_STEPS } from '../../src/spool/index.ts';
import { freePort } from '../interop/policy/registry.ts';
import { ended, type Workshop } from './workshop.ts';

export interface OrdealOptions {
  /** Reviews that must be answered. */
  reviews: number;
  /** Times that the server with the ledger is killed, and started again after a while. */
  evidenceKills: number;
  /** Times that each of the webhooks is killed, at one durable step of its spool after the other. */
  webhookKills: number;
  /** Replicas, each with a spool of its own. */
  webhooks: number;
  /** Called now and then. */
  onProgress?: (answered: number) => void;
}

export interface OrdealResult {
  /** Runs that answers named. */
  runs: string[];
  denied: number;
  /** Reviews without an answer, because the webhook was killed. */
  unanswered: number;
  kills: { evidence: number; webhook: number };
  /** Until all were answered. */
  answeredSeconds: number;
  /** Until all was sent, too. */
  seconds: number;
}

const CALLERS = 8;
const random = (length: number) => new Uint8Array(randomBytes(length));
const POLICY = `${metadata('pod-owned', ['inputs: [kubernetes]'], '{ci: enforce, admission: enforce}')}package exhibit.policies.pod_owned

object_ := input.request.object

population contains {"id": sprintf("Pod/%v", [object_.metadata.name]), "type": "Pod", "name": object_.metadata.name} if object_.kind == "Pod"

violations contains {"subject": sprintf("Pod/%v", [object_.metadata.name]), "message": "has no owner"} if not object_.metadata.labels.owner
`;
const POLICY_TEST = `package exhibit.policies.pod_owned_test

import data.exhibit.policies.pod_owned

test_none if count(pod_owned.population) == 0 with input as {"request": {"object": {"kind": "Other"}}}
`;

/**
 * Callers that ask webhooks without a pause, while these and the server to which they send are killed and started again. Ends when all is
 * answered and the spools are empty.
 */
export async function ordeal(place: Workshop, options: OrdealOptions): Promise<OrdealResult> {
  const work = join(place.folder, '..');
  const { token, hash } = newToken(random);
  const pair = generateBundleKey();
  const [bundle, key] = [join(work, 'bundle.tar.gz'), join(work, 'bundle.pub.pem')];
  writeFileSync(key, pair.publicKeyPem);
  writeFileSync(
    bundle,
    await signedBundle(pair.privateKeyPem, Math.floor(Date.now() / 1_000) - 60, {
      'policies/pod-owned/policy.rego': POLICY,
      'policies/pod-owned/policy_test.rego': POLICY_TEST,
    }),
  );
  const evidencePort = String(await freePort());
  const evidence = new Served('server-child.ts', { FOLDER: place.folder, HASH: hash, PORT: evidencePort });
  const webhooks = await Promise.all(
    Array.from({ length: options.webhooks }, async (_, at) => {
      const port = String(await freePort());
      const env = {
        EVIDENCE: `http://127.0.0.1:${evidencePort}`,
        TOKEN: token,
        SPOOL: join(work, `spool-${at}`),
        BUNDLE: bundle,
        KEY: key,
        PORT: port,
      };
      return new Served('webhook-child.ts', env);
    }),
  );
  const result: OrdealResult = {
    runs: [],
    denied: 0,
    unanswered: 0,
    kills: { evidence: 0, webhook: 0 },
    answeredSeconds: 0,
    seconds: 0,
  };
  const start = performance.now();
  const agent = new Agent({ keepAlive: true });
  try {
    await evidence.start();
    for (const webhook of webhooks) await webhook.start(stepAt(0));
    let asked = 0;
    const done = () => result.runs.length >= options.reviews;
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      while (!done()) {
        asked += 1;
        const webhook = webhooks[caller % webhooks.length] as Served;
        const answer = await ask(webhook.url, agent, `${caller}-${asked}`, asked % 3 !== 0);
        if (answer === undefined) {
          result.unanswered += 1;
          await sleep(20);
          continue;
        }
        result.runs.push(answer.run);
        if (!answer.allowed) result.denied += 1;
        if (result.runs.length % 1_000 === 0) options.onProgress?.(result.runs.length);
      }
    });
    const killEvidence = async () => {
      for (let kill = 1; kill <= options.evidenceKills; kill += 1) {
        const due = (options.reviews * kill) / (options.evidenceKills + 1);
        while (result.runs.length < due && !done()) await sleep(10);
        await evidence.kill();
        result.kills.evidence = kill;
        await sleep(100 + Math.random() * 400);
        await evidence.start();
      }
    };
    const killWebhooks = webhooks.map(async (webhook) => {
      for (let kill = 1; kill <= options.webhookKills; kill += 1) {
        // It kills itself at its step; where that does not come, any moment will do.
        await Promise.race([webhook.ended, sleep(2_000)]);
        await webhook.kill();
        result.kills.webhook += 1;
        await webhook.start(kill === options.webhookKills ? {} : stepAt(kill));
      }
    });
    await Promise.all([killEvidence(), ...killWebhooks, ...callers]);
    result.answeredSeconds = (performance.now() - start) / 1_000;
    // What waits is sent, however long that takes; the test has a limit of its own.
    for (const at of webhooks.keys()) while (waiting(join(work, `spool-${at}`)) > 0) await sleep(200);
    for (const webhook of webhooks) await webhook.stop();
  } finally {
    agent.destroy();
    for (const one of [evidence, ...webhooks]) await one.kill();
  }
  result.seconds = (performance.now() - start) / 1_000;
  return result;
}

/** Bytes that a spool has not sent yet. */
export function waiting(spool: string): number {
  return readdirSync(spool)
    .filter((name) => name.endsWith('.spool'))
    .reduce((sum, name) => sum + (statSync(join(spool, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function stepAt(kill: number): Record<string, string> {
  return { STEP: SPOOL_STEPS[kill % SPOOL_STEPS.length] ?? '', HITS: String(3 + (kill % 5) * 4) };
}

/** A server in a process of its own, on the same port each time. */
class Served {
  url = '';
  ended: Promise<number | string | null> = Promise.resolve(null);
  readonly #script: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(script: string, env: Readonly<Record<string, string>>) {
    this.#script = fileURLToPath(new URL(`./${script}`, import.meta.url));
    this.#env = env;
  }

  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, ['--no-warnings', this.#script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.#env, ...more },
    });
    this.#child = child;
    this.ended = ended(child);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const line = (await Promise.race([once(lines, 'line'), this.ended.then(() => [])])) as string[];
    if (line[0] !== undefined) this.url = line[0];
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.ended;
  }
}

/** @returns undefined where there was no answer that decides */
function ask(
  url: string,
  agent: Agent,
  name: string,
  owned: boolean,
): Promise<{ run: string; allowed: boolean } | undefined> {
  const pod = { metadata: { name, namespace: 'shop', ...(owned ? { labels: { owner: 'shop' } } : {}) } };
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: name,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'shop',
      name,
      userInfo: { username: 'jane@example.com' },
      object: { apiVersion: 'v1', kind: 'Pod', ...pod, spec: {} },
    },
  });
  return new Promise((resolve) => {
    const none = () => resolve(undefined);
    const sent = request(`${url}/v1/admission`, { method: 'POST', agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', none);
      response.once('aborted', none);
      response.once('end', () => {
        if (response.statusCode !== 200) return none();
        const { response: said } = JSON.parse(text) as {
          response: { allowed: boolean; auditAnnotations: { run: string } };
        };
        resolve({ run: said.auditAnnotations.run, allowed: said.allowed });
      });
    });
    sent.once('error', none);
    sent.end(body);
  });
}
