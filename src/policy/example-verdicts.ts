import type { InputDocument } from '../inputs/index.ts';
import { formatLocation, isExhibitError, type Verdict } from '../record/index.ts';
import { trialBundle } from './assemble.ts';
import { judgesKind } from './kinds.ts';
import type { Bundle, Opa, Policy, Repository } from './types.ts';

/** What a check says about one subject of a document. */
export interface ExampleVerdict {
  subject: { id: string };
  verdict: Verdict;
  message?: string;
}

/** A document, and the policy whose example it is. */
export interface ExampleDocument {
  policy: Policy;
  document: InputDocument;
}

/** Judges documents with a bundle as a check does, at `exampleInstant` of the policy; for each, what its policy says. The engine stands above this folder, so it is given. */
export type JudgeExamples = (
  bundle: Bundle,
  documents: readonly ExampleDocument[],
) => Promise<readonly (readonly ExampleVerdict[])[]>;

/**
 * What the bundle's WebAssembly says of documents; undefined for one of a kind that its policy does not judge.
 * @returns or why there is no bundle
 */
export async function verdictsOf(
  repository: Repository,
  documents: readonly ExampleDocument[],
  options: { opa: Opa; judge: JudgeExamples },
): Promise<(readonly ExampleVerdict[] | undefined)[] | string> {
  const asked = documents.filter(({ policy, document }) => judgesKind(policy, document.kind));
  try {
    const said = await options.judge(await trialBundle(repository, options.opa), asked);
    const found = new Map(asked.map((one, i) => [one, said[i]]));
    return documents.map((one) => found.get(one));
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    const place = error.location === undefined ? '' : `${formatLocation(error.location)}: `;
    return `${place}${error.message}`;
  }
}

/** Subjects that fail, by OPA's interpreter or by the bundle's module; a style without subjects has the document. */
export type Failing = ReadonlySet<string>;
export const DOCUMENT = 'the document';

/**
 * Where the two differ, or the policy ends in an error as part of a bundle; undefined where they agree.
 * @param failing by OPA's interpreter
 */
export function difference(
  policy: Policy,
  failing: Failing,
  verdicts: readonly ExampleVerdict[],
): string | undefined {
  const error = verdicts.find(({ verdict }) => verdict === 'error');
  if (error !== undefined) return `the policy is in error in its bundle: ${error.message ?? ''}`;
  const failed = verdicts.filter(({ verdict }) => verdict === 'fail');
  const ours = new Set(failed.map(({ subject }) => (policy.style === 'exhibit' ? subject.id : DOCUMENT)));
  if (ours.size === failing.size && [...ours].every((id) => failing.has(id))) return undefined;
  return `OPA fails ${listed(failing)}, but the bundle's WebAssembly ${listed(ours)}`;
}

const listed = (subjects: Failing): string =>
  subjects.size === 0 ? 'nothing' : [...subjects].sort().join(', ');
