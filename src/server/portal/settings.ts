import { z } from 'zod';
import { claimsSchema } from '../auth/claims.ts';

/** Roles that people of the team have in the portal. An auditor has none: he has an engagement. */
export const PORTAL_ROLES = ['engineer', 'approver', 'administrator'] as const;
export type PortalRole = (typeof PORTAL_ROLES)[number];

const text = z.string().min(1);

const issuerSchema = z.strictObject({
  name: text.max(60).describe('what the button says'),
  issuer: z.url({ protocol: /^https?$/ }),
  client_id: text,
  client_secret_file: text.describe('read each time; left out: a public client, with PKCE alone').optional(),
  scopes: z.array(text).default(['openid', 'email']),
  auditor_claim: text
    .default('email')
    .describe('whose value is what `exhibit engagement open --auditor` named; an address must be verified'),
  grants: z
    .array(
      z.strictObject({
        claims: claimsSchema,
        roles: z.array(z.enum(PORTAL_ROLES)).min(1),
      }),
    )
    .default([])
    .describe('who of the team comes in with which roles'),
});

export const portalSchema = z.strictObject({
  public_url: z
    .url({ protocol: /^https?$/ })
    .describe('scheme, host and port that browsers open (default: where the server listens)')
    .optional(),
  session_minutes: z.int().min(5).max(1_440).default(480),
  idle_minutes: z.int().min(1).max(1_440).default(60).describe('a session that is not used for so long ends'),
  link_hours: z.int().min(1).max(720).default(72).describe('how long a link that signs in once is good'),
  fresh_seconds: z
    .int()
    .min(10)
    .default(900)
    .describe('how old the state may be that pages show before the log is read again'),
  verify_seconds: z
    .int()
    .min(0)
    .default(86_400)
    .describe('from one reading of the whole log against its root to the next; 0: never'),
  respond: text
    .describe(
      'the settings of findings, as `exhibit findings --config` takes them (default: respond.yaml of the working folder, where there is one)',
    )
    .optional(),
  oidc: z.array(issuerSchema).max(8).default([]).describe('sign-in by OpenID Connect, beside links'),
});

export type PortalSetting = z.infer<typeof portalSchema>;
export type PortalIssuer = z.infer<typeof issuerSchema>;
