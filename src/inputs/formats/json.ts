import { jsonLocator } from '../json-locate.ts';
import { type Format, looksLikeJson } from '../source.ts';

/** Any JSON document. */
export const json: Format = {
  name: 'json',
  detect: looksLikeJson,
  parse(source) {
    const locate = jsonLocator(source.text);
    return [{ kind: 'json', value: source.json(), locate: (path) => source.place(locate(path)) }];
  },
};
