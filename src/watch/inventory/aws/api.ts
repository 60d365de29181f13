import type { ConfigServiceClient, ResourceIdentifier, ResourceKey } from '@aws-sdk/client-config-service';
import { type InputFile, parseInput } from '../../../inputs/index.ts';
import { type Clock, DAY_MILLISECONDS } from '../../../record/index.ts';
import { saidBy, unknownPart } from '../problem.ts';

export interface AwsConfigOptions {
  region: string;
  /** Another service that speaks the protocol of AWS Config. */
  endpoint?: string;
  /** Types of resources to list. */
  types: readonly string[];
  /** Deletions of so many days are asked for. */
  deletedDays: number;
  clock: Clock;
}

/** Most resources that one answer gives. */
const AT_ONCE = 100;
const TRIES = 4;
const CALL_MILLISECONDS = 60_000;
/** Items that are judged together, in bytes of JSON: what one document may refer to in it is judged with it. */
const DOCUMENT_BYTES = 16 * 1024 * 1024;
const MOST_DELETED = 1_000;

type Item = Record<string, unknown>;

/**
 * What AWS Config knows of an account in a region now: current items of the types, and the last items of what was deleted lately. Of a type
 * that cannot be listed a problem comes instead, so that nothing of it passes. Credentials are those that the machine has; it needs
 * config:ListDiscoveredResources, config:BatchGetResourceConfig and config:GetResourceConfigHistory.
 */
export async function* awsConfigItems(options: AwsConfigOptions): AsyncGenerator<InputFile> {
  // Loaded here, so that only who asks AWS has it in memory.
  const { ConfigServiceClient: Client } = await import('@aws-sdk/client-config-service');
  const { region, endpoint } = options;
  const client = new Client({ region, ...(endpoint === undefined ? {} : { endpoint }), maxAttempts: TRIES });
  try {
    const pages = new Pages(region);
    for (const type of options.types) {
      try {
        for await (const items of itemsOfType(client, type, options)) yield* pages.add(items);
      } catch (cause) {
        yield unlisted(`aws-config/${region}/${type}`, cause);
      }
    }
    yield* pages.end();
  } finally {
    client.destroy();
  }
}

async function* itemsOfType(
  client: ConfigServiceClient,
  type: string,
  { deletedDays, clock }: AwsConfigOptions,
): AsyncGenerator<Answer> {
  const { ListDiscoveredResourcesCommand } = await import('@aws-sdk/client-config-service');
  const since = clock() - deletedDays * DAY_MILLISECONDS;
  const deleted: ResourceIdentifier[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListDiscoveredResourcesCommand({
        resourceType: type as never,
        includeDeletedResources: deletedDays > 0,
        limit: AT_ONCE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
      { abortSignal: AbortSignal.timeout(CALL_MILLISECONDS) },
    );
    const listed = page.resourceIdentifiers ?? [];
    deleted.push(...listed.filter((each) => (each.resourceDeletionTime?.getTime() ?? 0) >= since));
    const there = listed.filter(({ resourceDeletionTime }) => resourceDeletionTime === undefined);
    if (there.length > 0) yield await itemsOf(client, there.map(keyOf));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && nextToken !== '');
  if (deleted.length > MOST_DELETED)
    throw new Error(`${deleted.length} resources were deleted, and ${MOST_DELETED} can be looked at`);
  for (const each of deleted) yield { items: await lastItem(client, each), unprocessed: [] };
}

interface Answer {
  items: Item[];
  unprocessed: ResourceKey[];
}

const keyOf = ({ resourceType, resourceId }: ResourceIdentifier): ResourceKey => ({
  resourceType,
  resourceId,
});

async function itemsOf(client: ConfigServiceClient, keys: ResourceKey[]): Promise<Answer> {
  const { BatchGetResourceConfigCommand } = await import('@aws-sdk/client-config-service');
  const items: Item[] = [];
  let left = keys;
  for (let tries = 0; left.length > 0 && tries < TRIES; tries += 1) {
    const answer = await client.send(new BatchGetResourceConfigCommand({ resourceKeys: left }), {
      abortSignal: AbortSignal.timeout(CALL_MILLISECONDS),
    });
    items.push(...(answer.baseConfigurationItems ?? []).map(plain));
    left = answer.unprocessedResourceKeys ?? [];
  }
  // What was listed and has no item was deleted in between, or is not recorded: nobody knows which.
  const known = new Set(items.map(({ resourceId }) => resourceId));
  const missing = keys.filter(({ resourceId }) => !known.has(resourceId));
  return { items, unprocessed: missing };
}

async function lastItem(
  client: ConfigServiceClient,
  { resourceType, resourceId }: ResourceIdentifier,
): Promise<Item[]> {
  const { GetResourceConfigHistoryCommand } = await import('@aws-sdk/client-config-service');
  const { configurationItems } = await client.send(
    new GetResourceConfigHistoryCommand({ resourceType, resourceId, limit: 1 }),
    { abortSignal: AbortSignal.timeout(CALL_MILLISECONDS) },
  );
  return (configurationItems ?? []).slice(0, 1).map(plain);
}

/** As the command line of AWS prints it, with times as text. */
const plain = (item: object): Item => JSON.parse(JSON.stringify(item)) as Item;

/** Puts items into documents that the library knows: answers of batch-get-resource-config. */
class Pages {
  readonly #region: string;
  #items: Item[] = [];
  #unprocessed: ResourceKey[] = [];
  #bytes = 0;
  #count = 0;

  constructor(region: string) {
    this.#region = region;
  }

  *add({ items, unprocessed }: Answer): Generator<InputFile> {
    this.#items.push(...items);
    this.#unprocessed.push(...unprocessed);
    for (const item of items) this.#bytes += JSON.stringify(item).length;
    if (this.#bytes >= DOCUMENT_BYTES) yield* this.end();
  }

  *end(): Generator<InputFile> {
    if (this.#items.length === 0 && this.#unprocessed.length === 0) return;
    this.#count += 1;
    const answer = {
      baseConfigurationItems: this.#items,
      ...(this.#unprocessed.length === 0 ? {} : { unprocessedResourceKeys: this.#unprocessed }),
    };
    this.#items = [];
    this.#unprocessed = [];
    this.#bytes = 0;
    yield parseInput(`aws-config/${this.#region}/${this.#count}.json`, Buffer.from(JSON.stringify(answer)));
  }
}

function unlisted(file: string, cause: unknown): InputFile {
  return unknownPart(file, 'INPUT_UNREADABLE', `AWS Config gives no list of it: ${saidBy(cause)}`, {
    cause,
    hint:
      (cause as { name?: unknown }).name === 'CredentialsProviderError'
        ? 'Set AWS_PROFILE, or give the machine or the service account a role that may read AWS Config.'
        : 'Allow config:ListDiscoveredResources, config:BatchGetResourceConfig and config:GetResourceConfigHistory, and look whether AWS Config records in this region.',
  });
}
