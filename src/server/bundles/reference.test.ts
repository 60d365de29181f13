import { expect, it } from 'vitest';
import { parseReference } from './reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  ['registry.example.com/policies:latest', 'registry.example.com', 'policies', 'latest', undefined],
  ['localhost:5000/a/b-c__d.e:v1.2_3', 'localhost:5000', 'a/b-c__d.e', 'v1.2_3', undefined],
  ['[::1]:5000/a:b', '[::1]:5000', 'a', 'b', undefined],
  [`registry:5000/a@${DIGEST}`, 'registry:5000', 'a', DIGEST, DIGEST],
  [`r.example/a:tag@${DIGEST}`, 'r.example', 'a', DIGEST, DIGEST],
])('%s', (text, registry, repository, version, digest) => {
  expect(parseReference(text)).toEqual({ registry, repository, version, digest });
});

it.each([
  ['policies:latest', /host of the registry/],
  ['acme/policies:latest', /host of the registry/],
  ['https://r.example/a:b', /host of the registry/],
  ['user@r.example/a:b', /host of the registry/],
  ['r.example/a', /names no version/],
  ['r.example/A:b', /is no repository/],
  ['r.example/../a:b', /is no repository/],
  ['r.example/a//b:c', /is no repository/],
  ['r.example/:b', /is no repository/],
  ['r.example/a:', /is no tag/],
  ['r.example/a:b/c', /is no tag/],
  ['r.example/a:b?x', /is no tag/],
  ['r.example/a@sha256:12', /64 hexadecimal/],
  [`r.example/a@${DIGEST}@${DIGEST}`, /64 hexadecimal/],
])('%s is refused', (text, message) => {
  expect(() => parseReference(text)).toThrow(message);
});
