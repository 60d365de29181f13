import type { Judged } from '../../engine/index.ts';
import type { InputDocument } from '../../inputs/index.ts';
import { ExhibitError, isExhibitError, type Sha256 } from '../../record/index.ts';
import {
  digestTree,
  type Extension,
  imagesOf,
  objectDigest,
  type Subject,
  type SubjectKind,
} from '../../verify/index.ts';

export interface Subjects {
  subjects: Subject[];
  objects: Extension['objects'];
  not_attested: Extension['not_attested'];
}

/**
 * What a run can vouch for: each object, plan and file of which at least one policy said pass or fail, and the images that such an
 * object names by digest. The rest is listed with why: that no policy spoke is never a pass.
 * @param documents all that was read, in order
 * @throws ExhibitError ATTESTATION_REFUSED for an object that has no content digest, with its place
 */
export function subjectsOf(
  sha256: Sha256,
  documents: readonly InputDocument[],
  { decisions }: Pick<Judged, 'decisions'>,
): Subjects {
  const spoken = new Set(
    decisions
      .filter(({ verdict }) => verdict === 'pass' || verdict === 'fail')
      .map(({ document }) => document),
  );
  const out = new Collected();
  for (const [file, all] of Map.groupBy(documents, (document) => document.file)) {
    for (const document of all)
      if (document.kind === 'kubernetes') addObject(sha256, document, spoken.has(document), out);
    if (all.some(({ kind }) => kind !== 'kubernetes')) addFile(file, all, spoken, out);
  }
  return out;
}

const UNSPOKEN = 'no policy applies to it';

function addObject(sha256: Sha256, document: InputDocument, spoken: boolean, out: Collected): void {
  const { apiVersion, kind, namespace, name } = identityOf(document.value);
  const digest = at(document, () => objectDigest(sha256, document.value));
  const label = [apiVersion, kind, namespace, name].filter((part) => part !== undefined).join('/');
  if (!spoken) {
    out.leave('kubernetes-object', label, UNSPOKEN, digest);
    return;
  }
  if (out.take('kubernetes-object', label, digest)) {
    const tree = at(document, () => digestTree(sha256, document.value));
    out.objects.push({
      sha256: digest,
      apiVersion,
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      tree,
    });
  }
  for (const image of imagesOf(document.value)) {
    if (image.sha256 !== undefined) out.take('image', image.repository, image.sha256);
    else out.leave('image', image.reference, 'it is not named by a SHA-256 digest, so it can become another');
  }
}

function addFile(
  file: string,
  all: readonly InputDocument[],
  spoken: ReadonlySet<InputDocument | undefined>,
  out: Collected,
): void {
  const [first] = all;
  if (first === undefined) return;
  const kind = first.kind === 'terraform-plan' ? 'terraform-plan' : 'file';
  const digest = first.raw_digest.slice('sha256:'.length);
  const silent = all.filter((document) => !spoken.has(document)).length;
  if (silent === 0) out.take(kind, file, digest);
  else if (all.length === 1) out.leave(kind, file, UNSPOKEN, digest);
  else out.leave(kind, file, `no policy applies to ${silent} of its ${all.length} documents`, digest);
}

/** What was said once is said once. */
class Collected implements Subjects {
  readonly subjects: Subject[] = [];
  readonly objects: Extension['objects'] = [];
  readonly not_attested: Extension['not_attested'] = [];
  readonly #known = new Set<string>();

  /** @returns false where it was there already */
  take(kind: SubjectKind, name: string, sha256: string): boolean {
    if (!this.#isNew('taken', kind, name, sha256)) return false;
    this.subjects.push({ name: clip(name), digest: { sha256 }, annotations: { kind } });
    return true;
  }

  leave(kind: SubjectKind, name: string, why: string, sha256?: string): void {
    if (!this.#isNew('left', kind, name, sha256 ?? '')) return;
    this.not_attested.push({ name: clip(name), kind, why, ...(sha256 === undefined ? {} : { sha256 }) });
  }

  #isNew(...parts: string[]): boolean {
    const key = JSON.stringify(parts);
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    return true;
  }
}

/** A name is for people; the digest is what counts. */
const clip = (name: string): string => name.toWellFormed().slice(0, 4_000) || '-';

function identityOf(value: unknown): { apiVersion: string; kind: string; namespace?: string; name: string } {
  const read = (from: unknown, key: string): string | undefined => {
    if (typeof from !== 'object' || from === null || !Object.hasOwn(from, key)) return undefined;
    const found = (from as Record<string, unknown>)[key];
    return typeof found === 'string' ? clip(found) : undefined;
  };
  const metadata =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'metadata')
      ? (value as Record<string, unknown>).metadata
      : undefined;
  const namespace = read(metadata, 'namespace');
  return {
    apiVersion: read(value, 'apiVersion') ?? '-',
    kind: read(value, 'kind') ?? '-',
    ...(namespace === undefined ? {} : { namespace }),
    name: read(metadata, 'name') ?? read(metadata, 'generateName') ?? '-',
  };
}

function at<T>(document: InputDocument, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isExhibitError(error, 'ATTESTATION_REFUSED')) throw error;
    throw new ExhibitError('ATTESTATION_REFUSED', error.message, {
      cause: error,
      location: document.locate([]),
    });
  }
}
