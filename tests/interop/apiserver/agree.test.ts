import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '../../../src/record/index.ts';
import { exported } from '../policy/export-corpus.ts';
import { type Manifest, manifestsIn, request, tryCreate } from './client.ts';
import { type Guarded, startGuarded, until } from './guarded.ts';
import { why } from './server.ts';
import { outcomeOf } from './verdict.ts';

const FOLDER = 'policies/policies/kubernetes';
/** Policies that say the same twice: in Rego, which the webhook judges, and in CEL, which the API server judges itself. */
const TWINS = [
  ['default-namespace-unused', 'vap-default-namespace-unused'],
  ['pod-isolated-from-host', 'vap-host-namespaces-refused'],
] as const;

/** All examples of both, and of the other: the twins must agree also where the other's author did not look. */
const OBJECTS: Manifest[] = TWINS.flat()
  .flatMap((id) =>
    readdirSync(join(FOLDER, id, 'examples')).map((name) => join(FOLDER, id, 'examples', name)),
  )
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => manifestsIn(readFileSync(file, 'utf8')))
  // The webhook is not asked about the cluster's own namespaces.
  .filter(({ kind, metadata }) => kind !== 'Namespace' && !/^kube-/.test(metadata.namespace ?? ''));

describe.skipIf(why !== '')(
  `the webhook and the API server's own policies, asked the same${why}`,
  { timeout: 240_000 },
  () => {
    let on: Guarded;

    beforeAll(async () => {
      on = await startGuarded('policies');
      const spaces = new Set(OBJECTS.map(({ metadata }) => metadata.namespace ?? 'default'));
      for (const name of spaces)
        if (name !== 'default')
          await on.applyAll(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
      await on.configure('Fail');
      await until('the webhook is in force', async () => {
        const said = await on.create(JSON.stringify(pod()), '&dryRun=All');
        return said.status === 403 ? true : undefined;
      });
    }, 240_000);
    afterAll(async () => on?.stop());

    it('give the same answer to each example of either', async () => {
      const asked: { one: Manifest; number: number }[] = [];
      for (const [number, one] of OBJECTS.entries()) {
        const { status } = await on.create(one.text);
        expect([201, 403, 409]).toContain(status);
        asked.push({ one, number });
        if (status === 201)
          await request(
            on.api,
            'DELETE',
            `${await on.place(one.text)}/${one.metadata.name}?gracePeriodSeconds=0`,
          );
      }
      expect((await request(on.api, 'DELETE', `${WEBHOOKS}/exhibit`)).status).toBe(200);
      const { folder } = await exported('kyverno');
      for (const [, id] of TWINS)
        await on.applyAll(readFileSync(join(folder, 'admission-policies', `${id}.yaml`), 'utf8'));
      const askAll = async () => {
        const said: string[][] = [];
        for (const { one } of asked)
          said.push(outcomeOf(await tryCreate(on.api, await on.place(one.text), one.text)));
        return said;
      };
      await until('both policies speak', async () => {
        const lines = (await askAll()).flat();
        return TWINS.every(([, id]) => lines.some((line) => line.includes(id))) ? true : undefined;
      });
      // A policy may have come into force while that round was asked: in this one both are, from its first object on.
      const said = await askAll();
      const runs = runsOf(await on.at.records());
      // One run for each object that was sent, in their order.
      expect(runs.map(({ name }) => name)).toEqual(asked.map(({ one }) => one.metadata.name));
      const rows = asked.flatMap(({ one, number }) =>
        TWINS.map(([rego, vap]) => ({
          object: `${one.kind}/${one.metadata.namespace}/${one.metadata.name} (${number})`,
          policy: rego,
          webhook: runs[number]?.fails.has(rego) ?? false,
          server: said[number]?.some((line) => line.includes(` ${vap}: `)) ?? false,
        })),
      );
      for (const { object, policy, webhook, server } of rows)
        expect({ object, policy, refused: webhook }).toEqual({ object, policy, refused: server });
      // Each of both answers was given often enough to mean something.
      for (const [rego] of TWINS) {
        const own = rows.filter(({ policy }) => policy === rego);
        expect(own.filter(({ webhook }) => webhook).length).toBeGreaterThan(2);
        expect(own.filter(({ webhook }) => !webhook).length).toBeGreaterThan(2);
      }
    });
  },
);

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const pod = () => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'first', namespace: 'default' },
  spec: { hostPID: true, containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
});

/** Runs of the webhook about what was made, in the order of the log, with the policies that failed. */
function runsOf(records: readonly EvidenceRecord[]): { name: string; fails: Set<string> }[] {
  return records
    .filter(
      ({ record_type, layer, ext }) => record_type === 'run' && layer === 'admission' && ext !== undefined,
    )
    .map(({ run_id, ext }) => ({ run_id, told: JSON.parse(ext ?? '{}') as Record<string, string> }))
    .filter(({ told }) => told.operation === 'CREATE' && !/configmaps|namespaces/.test(told.resource ?? ''))
    .filter(({ told }) => OBJECTS.some(({ metadata }) => metadata.name === told.name))
    .map(({ run_id, told }) => ({
      name: told.name ?? '',
      fails: new Set(
        records
          .filter((one) => one.run_id === run_id && one.record_type === 'decision' && one.verdict === 'fail')
          .map(({ policy_id }) => policy_id ?? ''),
      ),
    }));
}
