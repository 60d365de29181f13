import { z } from 'zod';
import type { InputFile } from '../../../inputs/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import { unknownPart } from '../problem.ts';
import { ask } from '../rest/ask.ts';
import { Documents } from '../rest/pages.ts';
import { gcpToken } from './token.ts';

export interface AssetOptions {
  /** projects/NAME, folders/NUMBER, organizations/NUMBER */
  scopes: readonly string[];
  types: readonly string[];
  /** Another address of the service. */
  endpoint?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

const ENDPOINT = 'https://cloudasset.googleapis.com';
/** Most assets of one answer: the most that the service gives. */
const AT_ONCE = '1000';
const MOST_PAGES = 10_000;
const SCOPE = /^(?:projects\/[a-z0-9.:-]{1,64}|(?:folders|organizations)\/\d{1,20})$/;
const TYPE = /^[a-z0-9-]+\.googleapis\.com\/[A-Za-z0-9]+$/;

/** @see Cloud Asset API v1, assets.list */
const answerSchema = z.looseObject({
  assets: z.array(z.unknown()).nullish(),
  readTime: z.string().nullish(),
  nextPageToken: z.string().nullish(),
});

/**
 * What Cloud Asset Inventory lists of the types in the scopes. Of a type that cannot be listed a problem comes, so that nothing of it passes. It
 * needs cloudasset.assets.listResource.
 * @throws ExhibitError USAGE
 */
export async function* cloudAssets({
  scopes,
  types,
  endpoint = ENDPOINT,
  env,
}: AssetOptions): AsyncGenerator<InputFile> {
  const wrong = scopes.find((each) => !SCOPE.test(each)) ?? types.find((each) => !TYPE.test(each));
  if (wrong !== undefined)
    throw new ExhibitError(
      'USAGE',
      `${JSON.stringify(wrong)} is neither a scope nor a type of Google Cloud`,
      {
        hint: 'Example: --gcp projects/shop-production --type storage.googleapis.com/Bucket',
      },
    );
  const base = endpoint.replace(/\/$/, '');
  for (const scope of scopes) {
    const documents = new Documents(`gcp/${scope}`, 'assets');
    for (const type of types) {
      try {
        for await (const assets of assetsOf(base, scope, type, env)) yield* documents.add(assets);
      } catch (cause) {
        if (!isExhibitError(cause)) throw cause;
        yield unknownPart(`gcp/${scope}/${type}`, cause.code, cause.message, {
          cause,
          ...(cause.hint === undefined ? {} : { hint: cause.hint }),
        });
      }
    }
    yield* documents.end();
  }
}

async function* assetsOf(
  base: string,
  scope: string,
  type: string,
  env: AssetOptions['env'],
): AsyncGenerator<unknown[]> {
  let token = '';
  // All pages are of one moment.
  let readTime = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ assetTypes: type, contentType: 'RESOURCE', pageSize: AT_ONCE });
    if (token !== '') query.set('pageToken', token);
    if (readTime !== '') query.set('readTime', readTime);
    const answer = await ask('Cloud Asset Inventory', {
      url: `${base}/v1/${scope}/assets?${query}`,
      headers: { authorization: `Bearer ${await gcpToken(env)}` },
    });
    const { data, error } = answerSchema.safeParse(answer);
    if (data === undefined)
      throw new ExhibitError('INPUT_FORMAT', 'the answer of Cloud Asset Inventory has another form', {
        cause: error,
      });
    yield data.assets ?? [];
    const next = data.nextPageToken ?? '';
    if (next === '') return;
    if (next === token)
      throw new ExhibitError('INPUT_UNREADABLE', 'Cloud Asset Inventory gives the same page again');
    token = next;
    readTime = data.readTime ?? readTime;
  }
  throw new ExhibitError('INPUT_TOO_LARGE', `the listing has more than ${MOST_PAGES} pages`);
}
