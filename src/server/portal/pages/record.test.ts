import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { bundleRecords, createEngine, judgeAll, recordsOfRun } from '../../../engine/index.ts';
import { bundleOf, metadata } from '../../../engine/testing/bundles.ts';
import { describeWithOpa } from '../../../engine/testing/need-opa.ts';
import { parseInput } from '../../../inputs/index.ts';
import { parseRecord, uuidv7 } from '../../../record/index.ts';
import { fill } from '../testing/fill.ts';
import { stage } from '../testing/stage.ts';

// Each state is read by a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const random = (length: number) => new Uint8Array(randomBytes(length));
const RULE = `${metadata('big', ['inputs: [json]'])}package exhibit.policies.big

population contains {"id": "all", "type": "list", "name": "all"} if input.items

violations contains {"subject": "all", "message": "<too many>"} if count(input.items) > 3
`;

describeWithOpa('the page of a decision', () => {
  it('shows the rule of the bundle that decided, and the commands that perform it again in the engagement', async () => {
    const own = await stage();
    try {
      const bundle = await bundleOf({ 'policies/big/policy.rego': RULE });
      const [index, id] = await own.beside(async (ledger) => {
        const announced = bundleRecords(bundle);
        await ledger.putBlobs(announced.blobs.values());
        await ledger.appendNumbered(announced.records);
        const now = own.now();
        const engine = await createEngine(bundle, { clock: () => now });
        const input = parseInput('input.json', Buffer.from('{"items": [1, 2, 3, 4]}'));
        const judged = await judgeAll(engine, [input], { bundle, layer: 'ci', now, onlyFound: true });
        await engine.close();
        const { records, blobs } = recordsOfRun({
          ...{ ...judged, bundle, layer: 'ci', random, now, emitter: 'gate', tool: 'exhibit' },
          ...{ tool_version: '1', run_id: uuidv7(now, random), attribution: {}, simulated: false },
        });
        await ledger.putBlobs(blobs.values());
        await ledger.append('gate', records);
        await ledger.seal();
        const decided = records.find(({ record_type }) => record_type === 'decision')?.record_id ?? '';
        return [await ledger.find(decided), decided] as const;
      });
      const engagement = await own.open({ framework: 'test' });
      const visitor = own.visitor();
      await visitor.enter(await own.linkUrl({ engagement }));
      await visitor.ready(`/portal/e/${engagement}/`);
      const { status, body } = await visitor.get(`/portal/e/${engagement}/record/${index}`);
      expect(status).toBe(200);
      const rule = body.slice(body.indexOf('id="rule"'), body.indexOf('id="again"'));
      expect(rule).toContain('policies/big/policy.rego');
      expect(rule).toContain('count(input.items) &gt; 3');
      expect(rule).toContain('&lt;too many&gt;');
      const command = `exhibit replay ${id} --engagement ${engagement} --as NAME --evidence evidence`;
      expect(body).toContain(`<code>${command} --show\n${command} --page replay.html</code>`);
    } finally {
      await own.remove();
    }
  });

  it('says why where the evidence does not keep them', async () => {
    const own = await stage();
    try {
      const engagement = await own.open({ from: await fill(own) });
      const index = await own.beside(async (ledger) => {
        const { size } = await ledger.checkpoint();
        for await (const { index: at, bytes } of ledger.entries(0, size))
          if (parseRecord(bytes).subject_id === 'db2') return at;
        return -1;
      });
      const visitor = own.visitor();
      await visitor.enter(await own.linkUrl({ engagement }));
      await visitor.ready(`/portal/e/${engagement}/`);
      const { body } = await visitor.get(`/portal/e/${engagement}/record/${index}`);
      expect(body).toMatch(
        /The log names the bundle sha256:[0-9a-f]{64}, and its files are not all kept here\./,
      );
      expect(body).toContain('It cannot be performed again (foreign_tool): ');
      expect(body).not.toContain('exhibit replay');
    } finally {
      await own.remove();
    }
  });
});
