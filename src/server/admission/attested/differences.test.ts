import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestTree } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';
import { unnamedDifferences } from './differences.ts';
import type { Allowed } from './mutations.ts';
import { segmentsOf, valueAt } from './pattern.ts';

const { sha256 } = nodeAttestCrypto;
const NONE: Allowed = { mutations: [], injected: [] };

interface Pair {
  type: string;
  manifest: unknown;
  /** What kube-apiserver 1.34 made of it. */
  admitted: unknown;
}
const PAIRS = JSON.parse(readFileSync(join(import.meta.dirname, 'testdata', 'pairs.json'), 'utf8')) as Pair[];

const placesOf = ({ type, manifest }: Pair, admitted: unknown, allowed = NONE): string[] =>
  unnamedDifferences(sha256, { tree: digestTree(sha256, manifest), admitted, type, allowed }).map(
    ({ pointer }) => pointer,
  );

/** Every place of a value, with its containers. */
function nodes(value: unknown, at = ''): { at: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ at, value }];
  const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  return [
    { at, value },
    ...Object.entries(value).flatMap(([key, item]) => nodes(item, `${at}/${escaped(key)}`)),
  ];
}
const isLeaf = ({ value }: { value: unknown }) =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** A copy in which one place is another value; undefined takes it away. */
function put(value: unknown, at: string, next: unknown): unknown {
  const copy = structuredClone(value);
  const segments = segmentsOf(at);
  const last = (segments.at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
  const parent = valueAt(copy, segments.slice(0, -1)) as Record<string, unknown>;
  if (next !== undefined) parent[last] = next;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

/** What no content digest counts, and what the API server gives out where the manifest leaves it open. */
const UNSEEN = /^\/metadata\/uid$|^\/spec\/ports\/\d+\/nodePort$/;
const OTHERS = ['other', 'Other', 987_654, 0, 1, true, false, '', null, [], {}, ['x'], { x: 1 }];

const anyPair = fc.constantFrom(...PAIRS);
const anyPlace = (leaf: boolean) =>
  anyPair.chain((pair) => {
    const all = nodes(pair.admitted).filter((one) => one.at !== '' && isLeaf(one) === leaf);
    return fc.record({ pair: fc.constant(pair), place: fc.constantFrom(...all) });
  });

describe('an admitted object that is compared with what was attested', () => {
  it('as the API server makes it, differs nowhere', () => {
    for (const pair of PAIRS) expect(placesOf(pair, pair.admitted)).toEqual([]);
  });

  it('with any one leaf changed, is found and the place is named', () => {
    fc.assert(
      fc.property(anyPlace(true), fc.constantFrom(...OTHERS), ({ pair, place }, other) => {
        const generated =
          place.at === '/metadata/name' && valueAt(pair.manifest, ['metadata', 'name']) === undefined;
        fc.pre(!UNSEEN.test(place.at) && !generated);
        fc.pre(JSON.stringify(other) !== JSON.stringify(place.value));
        const found = placesOf(pair, put(pair.admitted, place.at, other));
        // A default that is taken away again, or a zero that stands where nothing does, is what the manifest says.
        const same = nodes(pair.manifest).find(({ at }) => at === place.at);
        fc.pre(!(same !== undefined && JSON.stringify(same.value) === JSON.stringify(other)));
        expect(
          found.some((at) => at === place.at || at.startsWith(`${place.at}/`) || place.at.startsWith(at)),
        ).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('with anything added that nobody named, is found and the place is named', () => {
    fc.assert(
      fc.property(anyPlace(false), fc.constantFrom(...OTHERS), ({ pair, place }, other) => {
        const at = `${place.at}/${Array.isArray(place.value) ? place.value.length : 'unheardOf'}`;
        const found = placesOf(pair, put(pair.admitted, at, other));
        expect(found.some((one) => one === at || one.startsWith(`${at}/`))).toBe(true);
      }),
      { numRuns: 800 },
    );
  });

  it('without something that the manifest says, is found and the place is named', () => {
    const stated = anyPair.chain((pair) => {
      const all = nodes(pair.manifest).filter(
        (one) =>
          one.at !== '' &&
          isLeaf(one) &&
          !/\/\d+$/.test(one.at) &&
          ![null, false, 0, ''].includes(one.value as null) &&
          typeof one.value !== 'object' &&
          valueAt(pair.admitted, segmentsOf(one.at)) !== undefined,
      );
      return fc.record({ pair: fc.constant(pair), place: fc.constantFrom(...all) });
    });
    fc.assert(
      fc.property(stated, ({ pair, place }) => {
        expect(placesOf(pair, put(pair.admitted, place.at, undefined))).toContain(place.at);
      }),
      { numRuns: 600 },
    );
  });

  it('of another type has no named defaults', () => {
    const [pair] = PAIRS.filter(({ type }) => type === 'apps/v1 Deployment');
    if (pair === undefined) throw new Error('no deployment');
    expect(placesOf({ ...pair, type: 'example.com/v1 Deployment' }, pair.admitted)).toContain(
      '/spec/progressDeadlineSeconds',
    );
  });

  it('has no default in the place of a number that the manifest says, be it 0', () => {
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 0 } };
    const admitted = { ...manifest, spec: { replicas: 1 } };
    expect(placesOf({ type: 'apps/v1 Deployment', manifest, admitted }, admitted)).toEqual([
      '/spec/replicas',
    ]);
  });

  it('has no false left out where the API server keeps it, because nothing means true there', () => {
    const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', spec });
    const pair = {
      type: 'v1 Pod',
      manifest: pod({ automountServiceAccountToken: false }),
      admitted: pod({}),
    };
    expect(placesOf(pair, pair.admitted)).toEqual(['/spec/automountServiceAccountToken']);
    const off = { ...pair, manifest: pod({ hostNetwork: false }) };
    expect(placesOf(off, off.admitted)).toEqual([]);
  });

  it('has no token mounted where the manifest says that it wants none', () => {
    const [pair] = PAIRS.filter(({ admitted }) => JSON.stringify(admitted).includes('kube-api-access-'));
    if (pair === undefined) throw new Error('no pod with a token');
    const wanted = put(pair.manifest, '/spec/automountServiceAccountToken', false);
    const places = placesOf(
      { ...pair, manifest: wanted },
      put(pair.admitted, '/spec/automountServiceAccountToken', false),
    );
    expect(places.some((at) => at.startsWith('/spec/volumes/'))).toBe(true);
    expect(places.some((at) => at.startsWith('/spec/containers/0/volumeMounts/'))).toBe(true);
  });
});

describe('mutations that an operator names', () => {
  const pod = (more: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, ...more });
  const web = { name: 'web', image: 'registry.example.com/web:1' };
  const proxy = { name: 'istio-proxy', image: 'registry.example.com/proxy:1' };
  const manifest = pod({ spec: { containers: [web] } });
  const places = (admitted: unknown, allowed: Partial<Allowed>) =>
    placesOf({ type: 'v1 Pod', manifest, admitted }, admitted, { ...NONE, ...allowed });
  const injected = [
    { kinds: ['Pod'], list: '/spec/containers', name: 'istio-*', image: 'registry.example.com/**' },
  ];

  it('an item of a list may stand anywhere in it, with its name and image', () => {
    const with_ = (one: object) => pod({ spec: { containers: [one, web] } });
    expect(places(with_(proxy), { injected })).toEqual([]);
    expect(places(with_(proxy), {})).not.toEqual([]);
    expect(places(with_({ ...proxy, image: 'elsewhere.example.com/proxy' }), { injected })).not.toEqual([]);
    expect(places(with_({ ...proxy, name: 'other' }), { injected })).not.toEqual([]);
    expect(places(pod({ spec: { containers: [proxy] } }), { injected })).toContain('/spec/containers/0/name');
  });

  it('a place may be added, changed only where that is said, and by values and accounts', () => {
    const at = '/metadata/annotations/team';
    const annotated = (value: string) =>
      pod({ metadata: { name: 'a', annotations: { team: value } }, spec: { containers: [web] } });
    const rule = { kinds: ['**'], path: at, change: false };
    expect(places(annotated('x'), { mutations: [rule] })).toEqual([]);
    expect(places(annotated('x'), { mutations: [{ ...rule, kinds: ['Deployment'] }] })).toEqual([at]);
    expect(places(annotated('x'), { mutations: [{ ...rule, values: ['y'] }] })).toEqual([at]);
    expect(places(annotated('y'), { mutations: [{ ...rule, values: ['y'] }] })).toEqual([]);
    const one = { mutations: [{ ...rule, accounts: ['robot'] }] };
    expect(places(annotated('x'), { ...one, account: 'jane' })).toEqual([at]);
    expect(places(annotated('x'), { ...one, account: 'robot' })).toEqual([]);
    expect(places(annotated('x'), { ...one, account: 'jane', old: annotated('x') })).toEqual([]);
    expect(places(annotated('x'), { ...one, account: 'jane', old: annotated('y') })).toEqual([at]);
    const below = { ...rule, path: '/metadata/annotations/**' };
    expect(places(annotated('x'), { mutations: [below] })).toEqual([]);
    const changed = pod({ metadata: { name: 'b' }, spec: { containers: [web] } });
    const name = { ...rule, path: '/metadata/name' };
    expect(places(changed, { mutations: [name] })).toEqual(['/metadata/name']);
    expect(places(changed, { mutations: [{ ...name, change: true }] })).toEqual([]);
  });
});
