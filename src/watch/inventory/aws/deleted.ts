import { type ConfigItem, configItem, identityOf, itemsOf } from './items.ts';

export interface DeletedResource {
  /** As policies name the subject. */
  id: string;
  type: string;
  name: string;
  /** When AWS Config saw it, as it writes it. */
  at: string | undefined;
}

const DELETED: ReadonlySet<string> = new Set(['ResourceDeleted', 'ResourceDeletedNotRecorded']);

/** Which resources of an inventory are deleted: those of which the last item says so. */
export class DeletedResources {
  readonly #last = new Map<string, ConfigItem>();

  /** @param value a snapshot, a history, an answer, an item or an event that carries one; attacker-controlled */
  add(value: unknown): void {
    for (const each of itemsOf(value)) {
      const item = configItem(each);
      if (item === undefined) continue;
      const id = identityOf(item);
      const before = this.#last.get(id);
      // Times of one writer, in ISO 8601: they sort as text.
      if ((before?.configurationItemCaptureTime ?? '') <= (item.configurationItemCaptureTime ?? ''))
        this.#last.set(id, item);
    }
  }

  get all(): DeletedResource[] {
    return [...this.#last].flatMap(([id, item]) =>
      DELETED.has(item.configurationItemStatus ?? '')
        ? [
            {
              id,
              type: item.resourceType,
              name: item.resourceName || item.resourceId,
              at: item.configurationItemCaptureTime ?? undefined,
            },
          ]
        : [],
    );
  }
}
