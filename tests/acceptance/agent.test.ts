import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateBundleKey } from '../../src/policy/index.ts';
import { newToken } from '../../src/server/index.ts';
import { type Harness, harness } from '../../src/server/testing/harness.ts';
import { signedBundle } from '../../src/server/testing/signed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const random = (length: number) => new Uint8Array(randomBytes(length));

describe('the example of an MCP tool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-agent-'));
  const refunds = join(folder, 'refunds.txt');
  const [agent, ada] = [newToken(random), newToken(random)];
  const client = new Client({ name: 'test', version: '1.0.0' });
  let at: Harness;

  beforeAll(async () => {
    const pair = generateBundleKey();
    const [file, key] = [join(folder, 'bundle.tar.gz'), join(folder, 'bundle.pub.pem')];
    const policy = readFileSync(join(ROOT, 'examples/agent/policies/agent-refund/policy.rego'), 'utf8');
    writeFileSync(key, pair.publicKeyPem);
    writeFileSync(refunds, '');
    const files = {
      'policies/agent/agent-refund/policy.rego': policy,
      'frameworks/eu-ai-act.yaml': readFileSync(join(ROOT, 'policies/frameworks/eu-ai-act.yaml'), 'utf8'),
    };
    writeFileSync(file, await signedBundle(pair.privateKeyPem, 1_700_000_000, files));
    at = await harness({
      bundles: [{ name: 'main', file, keys: [key] }],
      auth: {
        tokens: [
          { name: 'agent', hash: agent.hash, roles: ['emitter'] },
          { name: 'ada', hash: ada.hash, roles: ['approver'] },
        ],
      },
    });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [join(ROOT, 'examples', 'agent', 'server.mjs')],
        env: { EXHIBIT_URL: at.url, EXHIBIT_TOKEN: agent.token, REFUNDS: refunds },
        stderr: 'ignore',
      }),
    );
  }, 120_000);
  afterAll(async () => {
    await client.close();
    await at.remove();
    rmSync(folder, { recursive: true });
  });

  const refund = (amount: number) =>
    client.callTool({ name: 'refund', arguments: { order: 'o-1', amount } }) as Promise<{
      isError?: boolean;
      content: { text: string }[];
    }>;
  /** Decides about what waits, as soon as something does. */
  const decide = async (decision: string): Promise<void> => {
    for (;;) {
      const listed = await at.send('/v1/approvals', { token: ada.token });
      const { approvals } = (await listed.json()) as { approvals: { id: string; digest: string }[] };
      const [one] = approvals;
      if (one === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const body = JSON.stringify({ decision, digest: one.digest, reason: 'the customer is right' });
      await at.send(`/v1/approvals/${one.id}`, { method: 'POST', token: ada.token, body });
      return;
    }
  };

  it('does what a person approved, once, and nothing that is denied', async () => {
    const [done] = await Promise.all([refund(20), decide('approve')]);
    expect(done.content[0]?.text).toBe('20 went back for o-1');
    const [denied] = await Promise.all([refund(30), decide('deny')]);
    expect([denied.isError, denied.content[0]?.text]).toEqual([
      true,
      'refund was not performed: the approval is denied',
    ]);
    expect((await refund(501)).content[0]?.text).toContain('more than 500 is for no agent');
    expect(readFileSync(refunds, 'utf8')).toBe('o-1 20\n');
    const events = (await at.records())
      .filter(({ record_type }) => record_type === 'approval')
      .map(({ details }) => details?.event);
    expect(events).toEqual(['requested', 'approved', 'used', 'outcome', 'requested', 'denied']);
  });
});
