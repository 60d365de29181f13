import { ExhibitError } from '../../record/index.ts';
import { type Format, isObject, looksLikeJson, memberOf } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { jsonParts } from './json.ts';

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Members of an answer of Resource Graph, and of what `az graph query` prints. @see Azure Resource Graph REST API, QueryResponse */
const ANSWER = keys(
  '$skipToken count data facets resultTruncated skipToken skip_token totalRecords total_records',
);
/** Members of a list of Azure Resource Manager. */
const LIST = keys('nextLink value');
const ID = /^\/(?:subscriptions|providers)\//i;

/** Listings of Azure: answers of Resource Graph, and lists of resources as the Resource Manager gives them. */
export const azureResources: Format = {
  name: 'azure-resources',
  reference: {
    known:
      'by its content: an answer of Resource Graph (`data`), a list of the Resource Manager (`value`) or a bare list, of resources with `id` and `type`, and no other members',
    sees: 'the whole file. What a listing does not show is unknown, never a default',
    positions: 'the key or item',
  },
  detect(source) {
    if (
      !looksLikeJson(source) ||
      !/\/(?:subscriptions|providers)\/|"(?:totalRecords|total_records)"/i.test(source.text)
    )
      return false;
    try {
      return isListing(source.json());
    } catch {
      return false;
    }
  },
  parse(source) {
    return jsonParts(source)
      .filter(({ value }) => rowsOf(value).length > 0 || isTable(value))
      .map((part) => ({ ...part, kind: 'azure-resources' }));
  },
  incomplete({ value, locate }) {
    const say = (path: JsonPath, message: string, hint: string) =>
      new ExhibitError('INPUT_FORMAT', message, { location: locate(path), hint });
    if (isTable(value))
      return [
        say(
          ['data'],
          'the answer is a table',
          'Ask for resultFormat objectArray, which az graph query does.',
        ),
      ];
    const found = rowsOf(value).flatMap(([path, row]) =>
      isResource(row)
        ? []
        : [
            say(
              path,
              'the row is no resource: id or type is missing',
              'Let the query keep id, type and properties.',
            ),
          ],
    );
    const more = ['$skipToken', 'skipToken', 'skip_token', 'nextLink'].find((key) => {
      const token = memberOf(value, key);
      return typeof token === 'string' && token !== '';
    });
    const cut = String(memberOf(value, 'resultTruncated')).toLowerCase() === 'true';
    const total = memberOf(value, 'totalRecords') ?? memberOf(value, 'total_records');
    const count = rowsOf(value).length;
    if (more !== undefined)
      found.push(
        say([more], 'the listing is one page of several', 'Fetch every page, and judge them as one list.'),
      );
    else if (cut || (typeof total === 'number' && total > count))
      found.push(
        say(
          [cut ? 'resultTruncated' : 'data'],
          `the listing was cut: it shows ${count}${typeof total === 'number' ? ` of ${total}` : ''} resources`,
          'Let the query keep id, which paging needs, and fetch every page; narrow the scope where that is not enough.',
        ),
      );
    return found;
  },
};

function isListing(value: unknown): boolean {
  if (isTable(value)) return true;
  const rows = rowsOf(value);
  if (isObject(value)) {
    const known = Array.isArray(value.data) ? ANSWER : Array.isArray(value.value) ? LIST : undefined;
    if (known === undefined || !Object.keys(value).every((key) => known.has(key))) return false;
    // An answer without a resource is one all the same; a list without one may be anybody's.
    return rows.length === 0 ? known === ANSWER : rows.some(([, row]) => isResource(row));
  }
  return rows.length > 0 && rows.every(([, row]) => isResource(row));
}

/** The form with columns and rows. */
function isTable(value: unknown): boolean {
  const data = memberOf(value, 'data');
  return (
    isObject(value) &&
    Object.keys(value).every((key) => ANSWER.has(key)) &&
    Array.isArray(memberOf(data, 'columns')) &&
    Array.isArray(memberOf(data, 'rows'))
  );
}

function rowsOf(value: unknown): [JsonPath, unknown][] {
  if (Array.isArray(value)) return value.map((row, i): [JsonPath, unknown] => [[i], row]);
  return ['data', 'value'].flatMap((key) => {
    const rows = memberOf(value, key);
    return Array.isArray(rows) ? rows.map((row, i): [JsonPath, unknown] => [[key, i], row]) : [];
  });
}

function isResource(row: unknown): boolean {
  if (!isObject(row)) return false;
  const { id, type } = row;
  return typeof id === 'string' && ID.test(id) && typeof type === 'string' && type.includes('/');
}
