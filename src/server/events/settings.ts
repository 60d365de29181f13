import { z } from 'zod';

const text = z.string().min(1);
const hash = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'expected sha256: and 64 hexadecimal digits, as `exhibit server token` prints',
  );

const senderSchema = z
  .strictObject({
    name: text.max(200).describe('who sends; part of what is recorded'),
    emitter: text.max(256).describe('emitter name of its records'),
    formats: z.array(text).min(1).describe('formats it may send: `exhibit ingest --list`'),
    header: text
      .regex(/^[a-z0-9-]+$/i, 'expected the name of a header')
      .describe('header in which the product sends its secret')
      .optional(),
    hashes: z
      .array(hash)
      .min(1)
      .max(4)
      .describe('SHA-256 of the whole value of the header; two while the secret changes')
      .optional(),
    sns_topics: z
      .array(
        z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'expected the ARN of a topic'),
      )
      .min(1)
      .describe('topics of Amazon SNS whose signed messages are taken instead of a secret')
      .optional(),
  })
  .refine(
    ({ header, hashes, sns_topics }) =>
      (header === undefined) === (hashes === undefined) &&
      (header === undefined) !== (sns_topics === undefined),
    'expected header and hashes, or sns_topics',
  );

const queueSchema = z.strictObject({
  name: text.max(200).describe('of the queue, in the log and on the record'),
  url: z.url().describe('URL of the queue in Amazon SQS'),
  region: text,
  endpoint: z.url().describe('another service that speaks the protocol of SQS').optional(),
  emitter: text.max(256).describe('emitter name of its records'),
  format: text.default('auto').describe('format of its messages; auto: each is looked at'),
  visibility_seconds: z
    .int()
    .min(5)
    .max(43_200)
    .default(60)
    .describe('how long a message is ours before the queue gives it again'),
  poison_seconds: z
    .int()
    .min(0)
    .max(43_200)
    .default(3_600)
    .describe('after how long a message that cannot be read comes again'),
});

/** How the server takes events of other tools. */
export const eventsSchema = z.strictObject({
  bundle: text
    .describe('name of the bundle whose control map and overrides count for events (default: the first)')
    .optional(),
  keep: z
    .boolean()
    .default(false)
    .describe('keep a copy without secrets of every event; one of what could not be read is kept always'),
  senders: z
    .array(senderSchema)
    .default([])
    .describe('products that have neither a token of ours nor a certificate'),
  queues: z.array(queueSchema).default([]),
  flood: z
    .strictObject({
      window_seconds: z.int().positive().max(3_600).default(60),
      same: z
        .int()
        .positive()
        .default(20)
        .describe('events of one rule and subject in a window that get records of their own'),
      distinct: z
        .int()
        .positive()
        .default(2_000)
        .describe(
          'most rules and subjects of an emitter that are counted in a window; more are told to wait',
        ),
    })
    .prefault({})
    .describe('Falco’s events beyond this are counted: one record of a window for each rule and subject'),
});

export type EventsSetting = z.infer<typeof eventsSchema>;
export type SenderSetting = z.infer<typeof senderSchema>;
export type QueueSetting = z.infer<typeof queueSchema>;

/** What holds where no settings are read. */
export const DEFAULT_FLOOD = eventsSchema.parse({}).flood;
