import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/inputs/index.ts';
import { NAMED_KINDS } from '../../../src/server/admission/attested/defaults.ts';
import { unnamedDifferences } from '../../../src/server/admission/attested/differences.ts';
import { matchPointer, segmentsOf } from '../../../src/server/admission/attested/pattern.ts';
import { canonicalObject, compareObject, digestTree } from '../../../src/verify/index.ts';
import { nodeAttestCrypto } from '../../../src/verify/node.ts';
import { paths, request } from './client.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const { sha256 } = nodeAttestCrypto;
const FOLDER = join(import.meta.dirname, 'defaults');
const PAIRS = 'src/server/admission/attested/testdata/pairs.json';
const TYPE = 'application/json';

interface Pair {
  type: string;
  manifest: unknown;
  admitted: unknown;
}

/** What an API server makes of every manifest of the folder. */
async function pairsOf(api: ApiServer): Promise<Pair[]> {
  const find = paths(api);
  const pairs: Pair[] = [];
  for (const file of readdirSync(FOLDER).sort())
    for (const { value } of parseInput(file, readFileSync(join(FOLDER, file))).documents) {
      const manifest = value as {
        apiVersion: string;
        kind: string;
        metadata: { name: string; namespace?: string };
      };
      const path = `${await find({ ...manifest, text: '' })}?dryRun=All&fieldValidation=Strict`;
      const { status, body } = await request(api, 'POST', path, { type: TYPE, text: JSON.stringify(value) });
      if (status !== 201) throw new Error(`${file}: ${JSON.stringify(body)}`);
      const { uid } = (body as { metadata: { uid: string } }).metadata;
      const admitted = canonicalObject(body);
      // A Job is known by its uid, which no content digest counts.
      admitted.metadata = { ...(admitted.metadata as object), uid };
      pairs.push({ type: `${manifest.apiVersion} ${manifest.kind}`, manifest: value, admitted });
    }
  return pairs;
}

/** The same row stands in the template of each kind, for each list of containers and each probe: it is seen once. */
const plain = (pattern: string): string =>
  pattern
    .replace(/^\/spec\/(?:jobTemplate\/spec\/)?template(?=\/(?:spec|metadata))/, '')
    .replace(/\/(?:initContainers|ephemeralContainers)\//, '/containers/')
    .replace(/\/(?:liveness|startup)Probe\//, '/readinessProbe/')
    .replace(/\/postStart\//, '/preStop/');

describe.skipIf(why !== '')(`what a real API server makes of manifests${why}`, () => {
  let api: ApiServer;
  let pairs: Pair[];

  beforeAll(async () => {
    // With the plug-in that mounts tokens, as a cluster has it.
    api = await startApiServer(['--disable-admission-plugins=DefaultIngressClass']);
    const post = (path: string, value: unknown) =>
      request(api, 'POST', path, { type: TYPE, text: JSON.stringify(value) });
    await post('/api/v1/namespaces', { metadata: { name: 'shop' } });
    for (const name of ['default', 'web'])
      await post('/api/v1/namespaces/shop/serviceaccounts', { metadata: { name } });
    pairs = await pairsOf(api);
    if (process.env.EXHIBIT_WRITE_PAIRS === '1') writeFileSync(PAIRS, `${JSON.stringify(pairs, null, 1)}\n`);
  });
  afterAll(async () => api?.stop());

  it('differs from them only where the table names it', () => {
    const unnamed = pairs.flatMap(({ type, manifest, admitted }) =>
      unnamedDifferences(sha256, {
        tree: digestTree(sha256, manifest),
        admitted,
        type,
        allowed: { mutations: [], injected: [] },
      }).map(({ change, pointer, value }) => `${type}: ${change} ${pointer} ${JSON.stringify(value)}`),
    );
    expect(unnamed).toEqual([]);
    expect(pairs.length).toBeGreaterThan(30);
  });

  it('differs from them wherever the table names it', () => {
    const seen = pairs.flatMap(({ type, manifest, admitted }) =>
      compareObject(sha256, digestTree(sha256, manifest), admitted).map(({ pointer }) => ({ type, pointer })),
    );
    const rows = Object.entries(NAMED_KINDS).flatMap(([type, all]) => all.map(({ at }) => ({ type, at })));
    const found = new Set(
      rows
        .filter(({ type, at }) =>
          seen.some((one) => {
            const pattern = segmentsOf(at);
            return (
              one.type === type &&
              matchPointer(pattern, segmentsOf(one.pointer).slice(0, pattern.length)) !== undefined
            );
          }),
        )
        .map(({ at }) => plain(at)),
    );
    expect([...new Set(rows.map(({ at }) => plain(at)))].filter((at) => !found.has(at))).toEqual([]);
  });
});
