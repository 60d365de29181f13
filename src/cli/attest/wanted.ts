import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type InputDocument, readInputs } from '../../inputs/index.ts';
import { ExhibitError, isDigest } from '../../record/index.ts';
import { objectDigest, readImage, type WantedSubject } from '../../verify/index.ts';
import { nodeAttestCrypto } from '../../verify/node.ts';

/**
 * What the user has in hand: a digest, an image by its digest, or a file or folder, of which every object and every other file
 * is asked about.
 * @param named `sha256:...`, `repository@sha256:...` or a path
 * @throws ExhibitError USAGE, NOT_FOUND, INPUT_ (a file that cannot be read whole)
 */
export async function wantedSubjects(named: readonly string[], cwd: string): Promise<WantedSubject[]> {
  const all: WantedSubject[] = [];
  for (const one of named) all.push(...(await wanted(one, cwd)));
  return all;
}

async function wanted(named: string, cwd: string): Promise<WantedSubject[]> {
  if (isDigest(named)) return [{ sha256: named.slice('sha256:'.length), what: named }];
  if (named !== '' && existsSync(resolve(cwd, named))) return inFiles(named, cwd);
  const { sha256 } = readImage(named);
  if (sha256 !== undefined) return [{ sha256, kind: 'image', what: named }];
  throw new ExhibitError(
    'USAGE',
    `--subject ${JSON.stringify(named)} is no file that is there, and no digest`,
    {
      hint: 'Name a file, sha256:<64 digits>, or an image as repository@sha256:<64 digits>. A tag can move, so it is not taken.',
    },
  );
}

async function inFiles(path: string, cwd: string): Promise<WantedSubject[]> {
  const documents: InputDocument[] = [];
  for await (const file of readInputs([path], { cwd })) {
    const [problem] = file.problems;
    if (problem !== undefined) throw problem.error;
    documents.push(...file.documents);
  }
  const found = documents.map((document): WantedSubject => {
    if (document.kind !== 'kubernetes')
      return { sha256: document.raw_digest.slice('sha256:'.length), what: document.file };
    const sha256 = objectDigest(nodeAttestCrypto.sha256, document.value);
    return { sha256, kind: 'kubernetes-object', what: `object ${document.index + 1} of ${document.file}` };
  });
  return [...new Map(found.map((one) => [`${one.kind} ${one.sha256} ${one.what}`, one])).values()];
}
