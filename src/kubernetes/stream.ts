import { z } from 'zod';
import type { Connection } from './connection.ts';
import { answerFault, connectionFault } from './fault.ts';
import { readObject } from './object.ts';
import { nameOf, pathOf } from './path.ts';
import type { KubernetesObject, Resource, WatchOptions } from './types.ts';

const SECONDS = 120;
const SILENCE = 30_000;

const eventSchema = z.looseObject({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const bookmark = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().min(1) }) });

export type Change =
  | { type: 'added' | 'modified' | 'deleted'; object: KubernetesObject; version: string }
  | { type: 'bookmark'; version: string };

/**
 * What changes after a version, until the server ends the watch.
 * @throws ExhibitError as `Connection.get`; details.status 410 where the server does not know the version any more
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* changesAfter(
  connection: Connection,
  resource: Resource,
  version: string,
  options: WatchOptions,
): AsyncGenerator<Change> {
  const { seconds = SECONDS, silence = SILENCE, signal } = options;
  const what = nameOf(resource);
  const path = pathOf(resource, options, {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: String(seconds),
  });
  for await (const line of connection.lines(what, path, signal, seconds * 1_000 + silence)) {
    const read = eventSchema.safeParse(line);
    if (!read.success) throw connectionFault(what, 'a line is no event');
    const { object } = line as { object: unknown };
    switch (read.data.type) {
      case 'ERROR':
        throw answerFault(what, 500, object);
      case 'BOOKMARK':
        yield { type: 'bookmark', version: bookmark.parse(object).metadata.resourceVersion };
        break;
      case 'ADDED':
        yield change('added', readObject(object, resource, what));
        break;
      case 'MODIFIED':
        yield change('modified', readObject(object, resource, what));
        break;
      case 'DELETED':
        yield change('deleted', readObject(object, resource, what));
        break;
    }
  }
}

function change(type: 'added' | 'modified' | 'deleted', object: KubernetesObject): Change {
  return { type, object, version: object.metadata.resourceVersion };
}
