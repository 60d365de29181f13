import { type InputDocument, parseInput } from '../../inputs/index.ts';
import { INPUT_KINDS } from '../../policy/index.ts';
import { type Digest, ExhibitError } from '../../record/index.ts';

/** What a record says of its input, beside the input itself. */
export interface InputFacts {
  /** Empty where it had none. */
  file: string;
  /** What it is, where its stored form does not show it. */
  kind?: string;
  raw_digest: Digest;
  /** Number of the document within its file. */
  index?: number;
}

/**
 * The document that was judged, from its stored form. What it is, its content says, as when it was judged, or its record; a name is
 * needed only to tell YAML from JSON.
 * @param bytes as stored; attacker-controlled in what they say
 * @throws ExhibitError INPUT_FORMAT, INPUT_TOO_LARGE: bytes that are no document, or more than a file may have
 */
export function storedDocument(
  { file, kind, raw_digest, index = 0 }: InputFacts,
  bytes: Uint8Array,
): InputDocument {
  const { documents, problems } = parseInput(/\.ya?ml$/i.test(file) ? 'stored.yaml' : 'stored.json', bytes);
  const [first] = documents;
  if (first === undefined)
    throw problems[0]?.error ?? new ExhibitError('INPUT_FORMAT', 'the stored input holds nothing');
  const named = INPUT_KINDS.find((each) => each === kind);
  if (kind !== undefined && named === undefined)
    throw new ExhibitError('INPUT_FORMAT', `the stored input is of a kind that is not known here: ${kind}`);
  return { ...first, ...(named === undefined ? {} : { kind: named }), file, index, raw_digest };
}
