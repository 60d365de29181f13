import { ExhibitError } from '../../record/index.ts';
import { jsonLocator } from '../json-locate.ts';
import { type Format, looksLikeJson, type Part, type Source } from '../source.ts';

/** Any JSON document. */
export const json: Format = {
  name: 'json',
  reference: {
    known: 'by its name `.json`, or a text that starts with `{` or `[`',
    sees: 'the document',
    positions: 'the key or item',
  },
  detect: looksLikeJson,
  parse(source) {
    const parts = jsonParts(source);
    // As plain JSON no rule about resources would speak of it, which looks like a pass.
    if (isTerraformJson(source.file))
      throw new ExhibitError('INPUT_FORMAT', 'the JSON syntax of Terraform source is not read', {
        location: { file: source.file, line: 1, column: 1 },
        hint: 'Judge the plan: terraform show -json FILE.',
      });
    return parts;
  },
};

/** A file of JSON as its one document, whichever format reads it. */
export function jsonParts(source: Source): Part[] {
  const locate = jsonLocator(source.text);
  return [{ kind: 'json', value: source.json(), locate: (path) => source.place(locate(path)) }];
}

/** By its name, as Terraform itself tells. */
export function isTerraformJson(file: string): boolean {
  return /\.(?:tf|tofu)\.json$/i.test(file);
}
