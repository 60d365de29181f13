import { randomUUID } from 'node:crypto';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { ExhibitError } from '../../record/index.ts';
import { causeOf, nameOf, statusOf } from '../s3/answer.ts';
import { PATIENCE, type Patience, withTries } from '../s3/tries.ts';
import type { Held, SwapCell } from './types.ts';

export interface DynamoDbPlace {
  /** Its partition key is a string, `log`. */
  table: string;
  region?: string | undefined;
  endpoint?: string | undefined;
}

/** A cell as an item of a DynamoDB table, written under a condition and read consistently. */
export function dynamoDbCell(
  { table, region, endpoint }: DynamoDbPlace,
  log: string,
  patience: Partial<Patience> = {},
): SwapCell {
  const name = `dynamodb:${table}/${log}`;
  const times = { ...PATIENCE, ...patience };
  let client: DynamoDB | undefined;
  const open = async (): Promise<DynamoDB> => {
    // Loaded here: only who has its lock there has this client in memory.
    const { DynamoDB: Client } = await import('@aws-sdk/client-dynamodb');
    client ??= new Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
    });
    return client;
  };
  const ask = async <T>(
    right: string,
    once: (client: DynamoDB, options: { abortSignal: AbortSignal }) => Promise<T>,
    after?: () => Promise<T | undefined>,
  ): Promise<T> => {
    try {
      return await withTries(async (abortSignal) => once(await open(), { abortSignal }), times, after);
    } catch (error) {
      if (isRefused(error)) throw error;
      throw fault(error, name, right);
    }
  };
  const read = (): Promise<Held | undefined> =>
    ask('dynamodb:GetItem', async (asked, options) => {
      const { Item } = await asked.getItem(
        { TableName: table, Key: { log: { S: log } }, ConsistentRead: true },
        options,
      );
      const [tag, text] = [Item?.tag?.S, Item?.text?.S];
      return tag === undefined || text === undefined ? undefined : { tag, text };
    });
  return {
    name,
    read,
    async swap(tag, text) {
      const next = randomUUID();
      const own = async () => ((await read())?.tag === next ? next : undefined);
      try {
        return await ask(
          'dynamodb:PutItem',
          async (asked, options) => {
            await asked.putItem(
              {
                TableName: table,
                Item: { log: { S: log }, tag: { S: next }, text: { S: text } },
                ...(tag === undefined
                  ? {
                      ConditionExpression: 'attribute_not_exists(#log)',
                      ExpressionAttributeNames: { '#log': 'log' },
                    }
                  : {
                      ConditionExpression: '#tag = :tag',
                      ExpressionAttributeNames: { '#tag': 'tag' },
                      ExpressionAttributeValues: { ':tag': { S: tag } },
                    }),
              },
              options,
            );
            return next;
          },
          own,
        );
      } catch (error) {
        // A try whose answer was lost may have been this one's own.
        if (isRefused(error)) return own();
        throw error;
      }
    },
    prove: async () => undefined,
    close() {
      client?.destroy();
      client = undefined;
    },
  };
}

const isRefused = (error: unknown): boolean => nameOf(error) === 'ConditionalCheckFailedException';

function fault(error: unknown, name: string, right: string): ExhibitError {
  const said = nameOf(error) ?? statusOf(error)?.toString() ?? causeOf(error);
  return new ExhibitError('STORE_FAILED', `${name}: ${said}`, {
    cause: error,
    location: { file: name },
    details: { right, said },
    hint: `Look at table, region and credentials: ${right} is needed, and the partition key of the table is a string named log.`,
  });
}
