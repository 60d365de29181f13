import { z } from 'zod';

/** As Amazon Verified Permissions writes a request: IsAuthorized, API version 2021-12-01. @see its API reference */
const text = z.string().min(1).max(2_048);
const entity = z.strictObject({ entityType: text, entityId: z.string().max(2_048) });

type Value =
  | { boolean: boolean }
  | { entityIdentifier: { entityType: string; entityId: string } }
  | { long: number }
  | { string: string }
  | { set: Value[] }
  | { record: Record<string, Value> }
  | { ipaddr: string }
  | { decimal: string }
  | { datetime: string }
  | { duration: string };

const value: z.ZodType<Value> = z.lazy(() =>
  z.union([
    z.strictObject({ boolean: z.boolean() }),
    z.strictObject({ entityIdentifier: entity }),
    z.strictObject({ long: z.int() }),
    z.strictObject({ string: z.string() }),
    z.strictObject({ set: z.array(value) }),
    z.strictObject({ record: z.record(z.string(), value) }),
    z.strictObject({ ipaddr: z.string() }),
    z.strictObject({ decimal: z.string() }),
    z.strictObject({ datetime: z.string() }),
    z.strictObject({ duration: z.string() }),
  ]),
);
const values = z.record(z.string(), value);
const cedarJson = z.strictObject({ cedarJson: z.string() });

const item = z.strictObject({
  identifier: entity,
  attributes: values.optional(),
  parents: z.array(entity).optional(),
  tags: values.optional(),
});

export const isAuthorizedSchema = z.strictObject({
  policyStoreId: text.describe('id of one policy set; left out: every set that knows the action').optional(),
  principal: entity,
  action: z.strictObject({ actionType: text, actionId: text }),
  resource: entity,
  context: z.union([z.strictObject({ contextMap: values }), cedarJson]).optional(),
  entities: z.union([z.strictObject({ entityList: z.array(item) }), cedarJson]).optional(),
});
export type IsAuthorized = z.infer<typeof isAuthorizedSchema>;

/** The same request as Cedar's own JSON. @throws SyntaxError for `cedarJson` that is no JSON */
export function cedarRequest({ principal, action, resource, context, entities }: IsAuthorized) {
  return {
    principal: uid(principal),
    action: { type: action.actionType, id: action.actionId },
    resource: uid(resource),
    context:
      context === undefined
        ? {}
        : 'cedarJson' in context
          ? (JSON.parse(context.cedarJson) as unknown)
          : plainAll(context.contextMap),
    entities:
      entities === undefined
        ? []
        : 'cedarJson' in entities
          ? (JSON.parse(entities.cedarJson) as unknown)
          : entities.entityList.map(({ identifier, attributes = {}, parents = [], tags }) => ({
              uid: uid(identifier),
              attrs: plainAll(attributes),
              parents: parents.map(uid),
              ...(tags === undefined ? {} : { tags: plainAll(tags) }),
            })),
  };
}

const uid = ({ entityType: type, entityId: id }: z.infer<typeof entity>) => ({ type, id });
const plainAll = (all: Record<string, Value>) =>
  Object.fromEntries(Object.entries(all).map(([key, one]) => [key, plain(one)]));
/** @see Cedar, "Entities and context syntax": extension types are calls of their constructor */
const extension = (fn: string, arg: string) => ({ __extn: { fn, arg } });

function plain(one: Value): unknown {
  if ('entityIdentifier' in one) return { __entity: uid(one.entityIdentifier) };
  if ('set' in one) return one.set.map(plain);
  if ('record' in one) return plainAll(one.record);
  if ('ipaddr' in one) return extension('ip', one.ipaddr);
  if ('decimal' in one) return extension('decimal', one.decimal);
  if ('datetime' in one) return extension('datetime', one.datetime);
  if ('duration' in one) return extension('duration', one.duration);
  if ('boolean' in one) return one.boolean;
  return 'long' in one ? one.long : one.string;
}
