import { z } from 'zod';
import type { Connection } from './connection.ts';
import { connectionFault, detailsOf } from './fault.ts';
import { readObject } from './object.ts';
import { nameOf, pathOf } from './path.ts';
import type { KubernetesObject, Resource, WatchOptions } from './types.ts';

const PAGE = 500;

const pageSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().min(1), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});

/**
 * All objects of a resource at one moment, page by page.
 * @returns the version from which a watch goes on
 * @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED; details.status 410 where the pages took so long that the server forgot the moment
 */
export async function* listObjects(
  connection: Connection,
  resource: Resource,
  options: WatchOptions,
): AsyncGenerator<KubernetesObject, string> {
  const what = nameOf(resource);
  let limit = options.page ?? PAGE;
  let token: string | undefined;
  for (;;) {
    const query = { limit: String(limit), continue: token };
    let body: unknown;
    try {
      body = await connection.get(what, pathOf(resource, options, query), options.signal);
    } catch (error) {
      // A page that is too long is asked for in smaller ones; one object alone cannot be made smaller.
      if (detailsOf(error).status !== 413 || limit === 1) throw error;
      limit = Math.max(1, Math.floor(limit / 4));
      continue;
    }
    const page = pageSchema.safeParse(body);
    if (!page.success) throw connectionFault(what, 'the answer is no list');
    const { items } = body as { items: unknown[] | null };
    for (const item of items ?? []) yield readObject(item, resource, what);
    const { resourceVersion, continue: more } = page.data.metadata;
    if (more === undefined || more === '') return resourceVersion;
    token = more;
  }
}
