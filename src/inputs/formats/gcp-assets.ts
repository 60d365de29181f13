import { ExhibitError } from '../../record/index.ts';
import { parseJson } from '../json.ts';
import { type Format, isObject, looksLikeJson, memberOf, type Part, type Source } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { jsonParts } from './json.ts';

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Members of an asset, as JSON and exports spell them. @see Cloud Asset API, REST resource v1, Asset */
const ASSET = keys(
  `accessLevel accessPolicy access_level access_policy ancestors assetType asset_type iamPolicy iam_policy name orgPolicy org_policy
  osInventory os_inventory relatedAsset relatedAssets related_asset related_assets resource servicePerimeter service_perimeter updateTime
  update_time`,
);
/** Members of an answer of `assets.list`. */
const ANSWER = keys('assets nextPageToken readTime');

/** Listings of Google Cloud: Cloud Asset Inventory's answers, what `gcloud asset list` prints, and exports, an asset a line. */
export const gcpAssets: Format = {
  name: 'gcp-assets',
  reference: {
    known:
      'by its content: an answer of Cloud Asset Inventory (`assets`), a bare list, or an asset a line as an export has them, and no other members',
    sees: 'the answer or list; of an export, the list of its assets. What is not shown is unknown, never a default',
    positions: 'the key or item; in an export, the line',
  },
  detect(source) {
    if (!looksLikeJson(source) || !/"(?:assetType|asset_type|readTime)"/.test(source.text)) return false;
    try {
      return isListing(source.json());
    } catch {
      return isLines(source);
    }
  },
  parse(source) {
    return (isWhole(source) ? jsonParts(source) : linesOf(source))
      .filter(({ value }) => assetsOf(value).length > 0)
      .map((part) => ({ ...part, kind: 'gcp-assets' }));
  },
  incomplete({ value, locate }) {
    const say = (path: JsonPath, message: string, hint: string) =>
      new ExhibitError('INPUT_FORMAT', message, { location: locate(path), hint });
    const found = assetsOf(value).flatMap(([path, asset]) => {
      if (!isAsset(asset))
        return [
          say(path, 'it is no asset: name or type is missing', 'Cloud Asset Inventory writes no such entry.'),
        ];
      if (isObject(memberOf(memberOf(asset, 'resource'), 'data'))) return [];
      return [
        say(
          path,
          'the asset is named, and what it is like is not there',
          'List or export with the content type RESOURCE: gcloud asset list --content-type=resource.',
        ),
      ];
    });
    const more = memberOf(value, 'nextPageToken');
    if (typeof more === 'string' && more !== '')
      found.push(
        say(['nextPageToken'], 'the answer is one page of several', 'Fetch every page, and judge them all.'),
      );
    return found;
  },
};

function isListing(value: unknown): boolean {
  if (isAsset(value)) return true;
  if (isObject(value))
    return (
      Object.keys(value).every((key) => ANSWER.has(key)) &&
      (Array.isArray(value.assets) ? assetsOf(value).some(([, each]) => isAsset(each)) : 'readTime' in value)
    );
  return Array.isArray(value) && value.length > 0 && value.every(isAsset);
}

function assetsOf(value: unknown): [JsonPath, unknown][] {
  if (Array.isArray(value)) return value.map((asset, i): [JsonPath, unknown] => [[i], asset]);
  const assets = memberOf(value, 'assets');
  if (Array.isArray(assets)) return assets.map((asset, i): [JsonPath, unknown] => [['assets', i], asset]);
  return isAsset(value) ? [[[], value]] : [];
}

function isAsset(value: unknown): boolean {
  if (!isObject(value) || !Object.keys(value).every((key) => ASSET.has(key))) return false;
  const type = value.assetType ?? value.asset_type;
  return (
    typeof value.name === 'string' &&
    value.name.startsWith('//') &&
    typeof type === 'string' &&
    type.includes('.googleapis.com/')
  );
}

function isWhole(source: Source): boolean {
  try {
    source.json();
    return true;
  } catch {
    return false;
  }
}

/** Whether the first line is an asset: only then are the others held to be some. */
function isLines(source: Source): boolean {
  const first = source.text.slice(0, source.text.indexOf('\n'));
  try {
    return isAsset(JSON.parse(first));
  } catch {
    return false;
  }
}

/** An export: its assets as one list, so that one may refer to another. @throws ExhibitError INPUT_SYNTAX for a line that is no JSON */
function linesOf(source: Source): Part[] {
  const offsets: number[] = [];
  const assets: unknown[] = [];
  for (let start = 0; start < source.text.length; ) {
    const newline = source.text.indexOf('\n', start);
    const end = newline < 0 ? source.text.length : newline;
    const line = source.text.slice(start, end).trim();
    if (line !== '') {
      offsets.push(start);
      assets.push(parseJson(source.file, line, source.text, start));
    }
    start = end + 1;
  }
  const locate = ([index]: JsonPath) => source.place(offsets[typeof index === 'number' ? index : 0] ?? 0);
  return [{ kind: 'gcp-assets', value: assets, locate }];
}
