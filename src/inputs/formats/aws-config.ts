import { ExhibitError } from '../../record/index.ts';
import { type Format, isObject, looksLikeJson, memberOf } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { jsonParts } from './json.ts';

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Members of an item as files, events and the API spell them. @see AWS Config, "Components of a Configuration Item" */
const ITEM = keys(
  `ARN arn accountId availabilityZone awsAccountId awsRegion configSnapshotId configuration
  configurationItemCaptureTime configurationItemDeliveryTime configurationItemMD5Hash configurationItemStatus
  configurationItemVersion configurationStateId configurationStateMd5Hash fileVersion recordingFrequency relatedEvents
  relationships resourceCreationTime resourceId resourceName resourceType supplementaryConfiguration tags version`,
);
/** Members of a snapshot or history file, and of the API's answers. */
const LIST = keys(
  'baseConfigurationItems configSnapshotId configurationItems fileVersion nextToken unprocessedResourceKeys',
);
const NOTICE = keys(
  `configurationItem configurationItemDiff configurationItemSummary messageType notificationCreationTime recordVersion
  s3DeliverySummary`,
);
const EVENT = keys('account detail detail-type id region resources source time version');
const RULE_EVENT = keys(
  `accountId configRuleArn configRuleId configRuleName evaluationMode eventLeftScope executionRoleArn invokingEvent
  resultToken ruleParameters version`,
);

/** An object that has no other members than these: a file that has more is something else, and is judged as that. */
const has = (value: unknown, allowed: ReadonlySet<string>): value is Record<string, unknown> =>
  isObject(value) && Object.keys(value).every((key) => allowed.has(key));

/** Items of AWS Config: snapshot and history files, answers of the API, single items and the events that carry one. */
export const awsConfig: Format = {
  name: 'aws-config',
  reference: {
    known: 'by its content: an item, snapshot, history, answer of the API or event, and no other members',
    sees: 'the whole file',
    positions: 'the key or item',
  },
  detect(source) {
    if (!looksLikeJson(source) || !/[cC]onfigurationItem|invokingEvent/.test(source.text)) return false;
    try {
      return isConfig(source.json());
    } catch {
      return false;
    }
  },
  parse(source) {
    return jsonParts(source)
      .filter(({ value }) => !isEmpty(value))
      .map((part) => ({ ...part, kind: 'aws-config' }));
  },
  incomplete({ value, locate }) {
    const say = (path: JsonPath, message: string, hint: string) =>
      new ExhibitError('INPUT_FORMAT', message, { location: locate(path), hint });
    const found = listed(value).flatMap(([path, item]) =>
      isItem(item)
        ? []
        : [
            say(
              path,
              'it is no configuration item: type or id is missing',
              'AWS Config writes no such entry.',
            ),
          ],
    );
    if (noticeOf(value)?.configurationItem == null && listed(value).length === 0 && !isItem(value))
      found.push(
        say(
          [],
          'the event holds a summary and not the item, which was too large for it',
          'Judge the item itself: it is in the object that s3DeliverySummary names, or aws configservice get-resource-config-history has it.',
        ),
      );
    const more = memberOf(value, 'nextToken');
    if (typeof more === 'string' && more !== '')
      found.push(
        say(['nextToken'], 'the answer is one page of several', 'Fetch every page, and judge them all.'),
      );
    const left = memberOf(value, 'unprocessedResourceKeys');
    if (Array.isArray(left) && left.length > 0)
      found.push(
        say(
          ['unprocessedResourceKeys'],
          `${left.length} resources were asked for and not answered`,
          'Ask for them again.',
        ),
      );
    return found;
  },
};

function isConfig(value: unknown): boolean {
  if (isItem(value)) return true;
  if (has(value, LIST)) return listed(value).length > 0 || isEmpty(value);
  return noticeOf(value) !== undefined;
}

function isItem(value: unknown): boolean {
  if (!has(value, ITEM)) return false;
  const { resourceType, resourceId } = value;
  return (
    typeof resourceType === 'string' &&
    /^AWS::/.test(resourceType) &&
    typeof resourceId === 'string' &&
    ['configuration', 'configurationItemStatus', 'configurationItemCaptureTime'].some((key) =>
      Object.hasOwn(value, key),
    )
  );
}

/** The notice that an event carries about one item. */
function noticeOf(value: unknown): Record<string, unknown> | undefined {
  const inner =
    has(value, EVENT) && value.source === 'aws.config' ? value.detail : (invoking(value) ?? value);
  if (!has(inner, NOTICE)) return undefined;
  return isItem(inner.configurationItem) || isObject(inner.configurationItemSummary) ? inner : undefined;
}

/** The event that a rule of AWS Config gets holds the notice in a JSON text. */
function invoking(value: unknown): unknown {
  if (!has(value, RULE_EVENT) || typeof value.invokingEvent !== 'string') return undefined;
  try {
    return JSON.parse(value.invokingEvent) as unknown;
  } catch {
    return undefined;
  }
}

function listed(value: unknown): [JsonPath, unknown][] {
  return ['configurationItems', 'baseConfigurationItems'].flatMap((key) => {
    const items = memberOf(value, key);
    return Array.isArray(items) ? items.map((item, i): [JsonPath, unknown] => [[key, i], item]) : [];
  });
}

/** A snapshot or answer without an item. */
function isEmpty(value: unknown): boolean {
  const lists = ['configurationItems', 'baseConfigurationItems'].map((key) => memberOf(value, key));
  return lists.some(Array.isArray) && listed(value).length === 0;
}
