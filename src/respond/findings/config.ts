import { z } from 'zod';
import { durationSeconds } from '../../policy/index.ts';
import { SEVERITIES } from '../../record/index.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected lower-case letters, digits, dots and dashes');
const glob = z.string().min(1).max(256);
const duration = z
  .string()
  .refine((text) => durationSeconds(text) !== undefined, 'expected an ISO 8601 duration, such as P7D')
  .describe('ISO 8601 duration; a month has 30 days');
const severity = z.enum(SEVERITIES);

/** A secret is never written into the file: it stands in a variable of the environment or in a file of its own. */
const secret = z
  .strictObject({
    env: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/)
      .exactOptional(),
    file: z.string().min(1).exactOptional(),
  })
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), 'give either env or file')
  .describe('where a secret is: a variable, or a file');
export type SecretPlace = z.infer<typeof secret>;

export const EVENTS = ['opened', 'reopened', 'escalated', 'closed', 'incident'] as const;
export type NoticeEvent = (typeof EVENTS)[number];

const common = {
  name: name.describe('by which escalations and records name the channel'),
  events: z
    .array(z.enum(EVENTS))
    .default(['opened', 'reopened', 'incident'])
    .describe('what it is told by itself; an escalation is told to the channels of its level, too'),
  severity: severity.exactOptional().describe('told only of findings at least as severe'),
  environments: z.array(glob).min(1).exactOptional(),
  owners: z.array(glob).min(1).exactOptional(),
};
const channel = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), ...common, url: secret }),
  z.strictObject({ kind: z.literal('teams'), ...common, url: secret }),
  z.strictObject({
    kind: z.literal('webhook'),
    ...common,
    url: z.union([z.url({ protocol: /^https?$/ }), secret]),
    secret: secret.describe('key of the signature: whsec_ and base64, or 24 characters or more of any text'),
  }),
  z.strictObject({
    kind: z.literal('email'),
    ...common,
    smtp: secret.describe('smtp:// or smtps:// with user, password, host and port'),
    from: z.email(),
    to: z.array(z.email()).default([]),
    to_owner: z.boolean().default(false).describe('also to the owner, where it is an address'),
  }),
  z.strictObject({
    kind: z.enum(['github', 'gitlab', 'jira']),
    ...common,
    project: z.string().min(1).describe('owner/name, group/name, or the key of a Jira project'),
  }),
]);
export type Channel = z.infer<typeof channel>;

/** From the first line that matches. */
const due = z.strictObject({
  severity: z.array(severity).min(1).exactOptional().describe('all, where it is left out'),
  environments: z
    .array(glob)
    .min(1)
    .exactOptional()
    .describe('globs; all, and none stated, where it is left out'),
  within: duration,
});

const PRODUCTION = ['production', 'prod', 'prod-*', 'production-*'];
const DUE: z.infer<typeof due>[] = [
  { severity: ['critical'], environments: PRODUCTION, within: 'P1D' },
  { severity: ['high'], environments: PRODUCTION, within: 'P3D' },
  { severity: ['medium'], environments: PRODUCTION, within: 'P14D' },
  { severity: ['critical'], within: 'P2D' },
  { severity: ['high'], within: 'P7D' },
  // Nothing ages out: also the least of a test environment is due within a month.
  { within: 'P30D' },
];

/** `respond.yaml`: whom findings belong to, by when they are due, who is told. Everything may be left out. */
export const respondSchema = z.strictObject({
  admission: z
    .boolean()
    .default(false)
    .describe('fails that admission only warned of or observed are findings, too'),
  owners: z
    .strictObject({
      default: z
        .string()
        .min(1)
        .max(256)
        .default('unassigned')
        .describe('whose a finding is where nothing names an owner; the report says so as a weakness'),
      keys: z
        .array(z.string().min(1))
        .default(['exhibit.dev/owner', 'owner', 'Owner', 'team', 'Team', 'app.kubernetes.io/owner'])
        .describe('annotations and labels that name an owner, in this order; tags of clouds, too'),
      repositories: z
        .array(z.strictObject({ repository: z.string().min(1), folder: z.string().min(1) }))
        .default([])
        .describe('checkouts whose CODEOWNERS is asked about the file of a finding'),
      catalogues: z
        .array(z.string().min(1))
        .default([])
        .describe('files with services: Backstage entities, or a list of services'),
    })
    .prefault({}),
  due: z.array(due).default(DUE).describe('by when a finding is fixed: the first line that fits'),
  escalation: z
    .array(
      z.strictObject({ after: duration.describe('after the due date'), notify: z.array(name).default([]) }),
    )
    .default([
      { after: 'PT0S', notify: [] },
      { after: 'P7D', notify: [] },
      { after: 'P30D', notify: [] },
    ])
    .refine(
      (levels) =>
        levels.every((each, i) => i === 0 || span(each.after) > span(levels[i - 1]?.after ?? 'PT0S')),
      'each level must come later than the one before it',
    )
    .describe('levels, from the due date on'),
  channels: z
    .array(channel)
    .default([])
    .refine((all) => new Set(all.map((each) => each.name)).size === all.length, 'two channels have one name'),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(10).default(4),
      first: duration
        .default('PT1S')
        .describe('wait before the second attempt; each further one is twice as long'),
      longest: duration.default('PT1M').describe('a longer Retry-After ends the attempts'),
    })
    .prefault({}),
});
export type RespondConfig = z.infer<typeof respondSchema>;

/** The configuration where there is no file. */
export const DEFAULT_CONFIG: RespondConfig = respondSchema.parse({});

/** Milliseconds of an ISO 8601 duration that the schema took. */
export function span(text: string): number {
  return (durationSeconds(text) ?? 0) * 1000;
}
