import type { Summary } from '../../../verify/index.ts';
import { typeOf, type Wanted } from './source.ts';

/** What attestations are looked up by: type and name of an object, or the digest of an image. The namespace is compared later. */
export type Key = string;

const ofObject = (type: string, name: string): Key => `object ${type} ${name}`;
const ofImage = (sha256: string): Key => `image ${sha256}`;

export function keysOf({ object, images }: Wanted): Key[] {
  const names = object === undefined ? [] : [object.name, object.generateName].filter((name) => name !== '');
  return [
    ...names.map((name) => ofObject(object === undefined ? '' : typeOf(object), name)),
    ...images.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [ofImage(sha256)])),
  ];
}

export function keysIn({ subjects, extension }: Summary): Key[] {
  const images = subjects.filter(({ annotations }) => annotations.kind === 'image');
  return [
    ...extension.objects.map((object) => ofObject(typeOf(object), object.name)),
    ...images.map(({ digest }) => ofImage(digest.sha256)),
  ];
}
