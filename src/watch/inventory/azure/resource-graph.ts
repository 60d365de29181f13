import { z } from 'zod';
import type { InputFile } from '../../../inputs/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import { unknownPart } from '../problem.ts';
import { ask } from '../rest/ask.ts';
import { Documents } from '../rest/pages.ts';
import { azureToken } from './token.ts';
import { tableOf } from './types.ts';

export interface ResourceGraphOptions {
  /** Ids of subscriptions; `managementGroups/NAME` for all below one. */
  scopes: readonly string[];
  types: readonly string[];
  /** Another cloud of Azure: https://management.usgovcloudapi.net */
  endpoint?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

const ENDPOINT = 'https://management.azure.com';
const VERSION = '2022-10-01';
/** Most rows of one answer: the most that Resource Graph gives. */
const AT_ONCE = 1_000;
const MOST_PAGES = 10_000;
const TYPE = /^[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)+(?:\/[A-Za-z0-9]+)+$/;
const SCOPE = /^(?:managementGroups\/)?[A-Za-z0-9._()-]{1,90}$/;

/** @see Azure Resource Graph REST API, Resources - Resources */
const answerSchema = z.looseObject({
  totalRecords: z.number(),
  resultTruncated: z.enum(['true', 'false']),
  data: z.array(z.unknown()),
  $skipToken: z.string().nullish(),
});

/**
 * What Azure Resource Graph lists of the types in the scopes. Of a table that cannot be listed, or was cut, a problem comes, so that nothing of it
 * passes. It needs the right to read the resources.
 * @throws ExhibitError USAGE
 */
export async function* resourceGraph({
  scopes,
  types,
  endpoint = ENDPOINT,
  env,
}: ResourceGraphOptions): AsyncGenerator<InputFile> {
  const base = endpoint.replace(/\/$/, '');
  const wrong = scopes.find((each) => !SCOPE.test(each)) ?? types.find((each) => !TYPE.test(each));
  if (wrong !== undefined)
    throw new ExhibitError('USAGE', `${JSON.stringify(wrong)} is neither a scope nor a type of Azure`, {
      hint: 'Example: --azure 5ad5c4f1-0000-4000-8000-9c2b6d1f7e10 --type Microsoft.Storage/storageAccounts',
    });
  const tables = Map.groupBy(types, tableOf);
  for (const scope of scopes) {
    const documents = new Documents(`azure/${scope}`, 'data');
    for (const [table, of] of tables) {
      try {
        for await (const rows of rowsOf(base, scope, table, of, env)) yield* documents.add(rows);
      } catch (cause) {
        if (!isExhibitError(cause)) throw cause;
        yield unknownPart(`azure/${scope}/${table}`, cause.code, cause.message, {
          cause,
          ...(cause.hint === undefined ? {} : { hint: cause.hint }),
        });
      }
    }
    yield* documents.end();
  }
}

async function* rowsOf(
  base: string,
  scope: string,
  table: string,
  types: readonly string[],
  env: ResourceGraphOptions['env'],
): AsyncGenerator<unknown[]> {
  const group = /^managementGroups\/(.+)$/.exec(scope)?.[1];
  // Paging needs the id in the answer; sorted by it, what stands within a resource comes next to it.
  const query = `${table} | where type in~ (${types.map((type) => `'${type}'`).join(', ')}) | order by id asc`;
  let seen = 0;
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    // A long listing may outlive a token.
    const bearer = await azureToken(base, env);
    const answer = await ask('Azure Resource Graph', {
      url: `${base}/providers/Microsoft.ResourceGraph/resources?api-version=${VERSION}`,
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...(group === undefined ? { subscriptions: [scope] } : { managementGroups: [group] }),
        query,
        options: {
          resultFormat: 'objectArray',
          $top: AT_ONCE,
          ...(token === undefined ? {} : { $skipToken: token }),
        },
      }),
    });
    const { data, error } = answerSchema.safeParse(answer);
    if (data === undefined)
      throw new ExhibitError('INPUT_FORMAT', 'the answer of Azure Resource Graph has another form', {
        cause: error,
      });
    yield data.data;
    seen += data.data.length;
    const next = data.$skipToken ?? '';
    if (next !== '') {
      if (next === token)
        throw new ExhibitError('INPUT_UNREADABLE', 'Azure Resource Graph gives the same page again');
      token = next;
      continue;
    }
    if (data.resultTruncated === 'true' || data.totalRecords > seen)
      throw new ExhibitError(
        'INPUT_UNREADABLE',
        `the listing was cut: it shows ${seen} of ${data.totalRecords} resources`,
        { hint: 'Ask again; name fewer types or a smaller scope where that is not enough.' },
      );
    return;
  }
  throw new ExhibitError('INPUT_TOO_LARGE', `the listing has more than ${MOST_PAGES} pages`);
}
