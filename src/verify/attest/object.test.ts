import { createHash } from 'node:crypto';
import oracle from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber } from '../../record/index.ts';
import { nodeAttestCrypto } from '../node.ts';
import { canonicalObject, compareObject, digestTree, objectDigest } from './object.ts';

const { sha256 } = nodeAttestCrypto;
const hex = (text: string) => createHash('sha256').update(text).digest('hex');
const base64 = (text: string) => createHash('sha256').update(text).digest('base64');

/** JSON values, with integers that every reader sees alike. */
const json = fc
  .jsonValue()
  .map((value) =>
    JSON.parse(JSON.stringify(value), (_key, one) =>
      typeof one === 'number' && !Number.isSafeInteger(Math.trunc(one)) ? 0 : one,
    ),
  );

/** As it is written in a manifest. */
const WRITTEN = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'shop', labels: { owner: 'team-shop' } },
  data: { b: '2', a: '1' },
};
/** The same after it was admitted and stored, as the API server gives it back. */
const STORED = {
  ...WRITTEN,
  metadata: {
    ...WRITTEN.metadata,
    uid: '7a9f',
    resourceVersion: '12',
    generation: 1,
    creationTimestamp: '2026-11-01T00:00:00Z',
    selfLink: '/x',
    deletionTimestamp: '2026-11-02T00:00:00Z',
    deletionGracePeriodSeconds: 30,
    managedFields: [{ manager: 'kubectl' }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  },
  status: { phase: 'x' },
};

describe('the content digest of an object', () => {
  it('is SHA-256 of its canonical JSON, written here by hand', () => {
    const canonical =
      '{"apiVersion":"v1","data":{"a":"1","b":"2"},"kind":"ConfigMap","metadata":{"labels":{"owner":"team-shop"},"name":"shop"}}';
    expect(objectDigest(sha256, WRITTEN)).toBe(hex(canonical));
  });

  it('is the same after the API server stored it', () => {
    expect(canonicalObject(STORED)).toEqual(WRITTEN);
    expect(objectDigest(sha256, STORED)).toBe(objectDigest(sha256, WRITTEN));
  });

  it('agrees with another implementation of RFC 8785', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), json), (spec) => {
        const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, spec };
        expect(objectDigest(sha256, object)).toBe(hex(oracle(JSON.parse(JSON.stringify(object))) ?? ''));
      }),
    );
  });

  it.each([
    ['a label', { ...WRITTEN, metadata: { ...WRITTEN.metadata, labels: { owner: 'x' } } }],
    ['a namespace', { ...WRITTEN, metadata: { ...WRITTEN.metadata, namespace: 'x' } }],
    ['an owner', { ...WRITTEN, metadata: { ...WRITTEN.metadata, ownerReferences: [] } }],
    ['a finalizer', { ...WRITTEN, metadata: { ...WRITTEN.metadata, finalizers: ['x'] } }],
    ['another annotation', { ...WRITTEN, metadata: { ...WRITTEN.metadata, annotations: { x: 'y' } } }],
    ['a status within spec', { ...WRITTEN, spec: { status: {} } }],
    ['managedFields within spec', { ...WRITTEN, spec: { metadata: { managedFields: [] } } }],
    ['a member that is null', { ...WRITTEN, data: null }],
  ])('changes with %s', (_what, object) => {
    expect(objectDigest(sha256, object)).not.toBe(objectDigest(sha256, WRITTEN));
  });

  it('refuses a number that readers would see differently, and what is no object', () => {
    const object = { ...WRITTEN, spec: { big: exactNumber('9007199254740993') } };
    expect(() => objectDigest(sha256, object)).toThrow('cannot be held exactly');
    expect(() => digestTree(sha256, object)).toThrow('cannot be held exactly');
    expect(() => objectDigest(sha256, [])).toThrow('not a JSON object');
  });
});

describe('the digest tree', () => {
  it('has the shape of the object and a digest for each scalar', () => {
    const object = { a: [1, 'x', null, true], b: {}, c: [] };
    expect(digestTree(sha256, object)).toEqual({
      a: [base64('1'), base64('"x"'), base64('null'), base64('true')],
      b: {},
      c: [],
    });
  });

  it('shows no value', () => {
    expect(JSON.stringify(digestTree(sha256, WRITTEN))).not.toContain('team-shop');
  });

  it('finds no difference in the same object, and in the stored one', () => {
    fc.assert(
      fc.property(json, (spec) => {
        const object = { metadata: { name: 'x' }, spec };
        const same = JSON.parse(JSON.stringify(object));
        expect(compareObject(sha256, digestTree(sha256, object), same)).toEqual([]);
      }),
    );
    expect(compareObject(sha256, digestTree(sha256, WRITTEN), STORED)).toEqual([]);
  });
});

describe('what differs in an admitted object is named, leaf by leaf', () => {
  const attested = {
    spec: { replicas: 2, containers: [{ name: 'web', image: 'a' }], empty: {}, gone: { x: 1, y: [] } },
  };
  const differences = (admitted: object) =>
    compareObject(sha256, digestTree(sha256, attested), admitted).map(({ pointer, change, value }) => [
      change,
      pointer,
      value,
    ]);

  it('a default that was filled in, a container that was put in, a value that was changed, and what is gone', () => {
    const admitted = {
      spec: {
        replicas: 3,
        containers: [
          { name: 'web', image: 'a', imagePullPolicy: 'Always' },
          { name: 'sidecar', ports: [] },
        ],
        empty: { 'a/b~c': 1 },
      },
    };
    expect(differences(admitted)).toEqual([
      ['added', '/spec/containers/0/imagePullPolicy', 'Always'],
      ['added', '/spec/containers/1/name', 'sidecar'],
      ['added', '/spec/containers/1/ports', []],
      ['added', '/spec/empty/a~1b~0c', 1],
      ['removed', '/spec/gone/x', undefined],
      ['removed', '/spec/gone/y', undefined],
      ['changed', '/spec/replicas', 3],
    ]);
  });

  it.each([
    ['an object for a scalar', { ...attested.spec, replicas: {} }, '/spec/replicas'],
    ['a list for an object', { ...attested.spec, empty: [] }, '/spec/empty'],
    ['a scalar for a list', { ...attested.spec, containers: 'x' }, '/spec/containers'],
    ['a number for a text', { ...attested.spec, replicas: '2' }, '/spec/replicas'],
    [
      'a number that no double holds',
      { ...attested.spec, replicas: exactNumber('2.00000000000000000000001') },
      '/spec/replicas',
    ],
  ])('%s', (_what, spec, pointer) => {
    expect(differences({ spec })).toEqual([['changed', pointer, expect.anything()]]);
  });

  it('keys of prototypes are keys like others', () => {
    const admitted = JSON.parse('{"spec":{"__proto__":{"x":1},"constructor":"y"}}');
    const tree = digestTree(sha256, { spec: {} });
    expect(compareObject(sha256, tree, admitted).map(({ pointer }) => pointer)).toEqual([
      '/spec/__proto__/x',
      '/spec/constructor',
    ]);
    expect(compareObject(sha256, digestTree(sha256, admitted), admitted)).toEqual([]);
  });

  it('a tree that is none hides nothing', () => {
    expect(compareObject(sha256, undefined, attested)).toEqual([
      { pointer: '', change: 'changed', value: attested },
    ]);
    expect(compareObject(sha256, { spec: 5 }, { spec: 5 })).toHaveLength(1);
  });
});
