import type { Readers } from '../audit/index.ts';
import type { Settings } from './settings.ts';

/** Who may call a server that runs with these settings, and its portal: names and roles, no secret. */
export function callersOf({ auth, portal }: Pick<Settings, 'auth' | 'portal'>): Readers['callers'] {
  return [
    ...auth.tokens.map(({ name, roles, expires }) => ({
      ...{ name, by: 'token', roles },
      expires: expires ?? 'no end',
    })),
    ...auth.oidc.flatMap(({ issuer, grants }) =>
      grants.map(({ claims, roles }) => ({
        ...{ name: claimWords(claims), by: `OIDC, ${issuer}`, roles },
        expires: 'with each token',
      })),
    ),
    ...auth.mtls.map(({ san, roles }) => ({
      ...{ name: san, by: 'client certificate', roles },
      expires: 'with the certificate',
    })),
    ...(portal === undefined
      ? []
      : [
          {
            ...{ name: 'who was given a link by an approver', by: 'portal, link that signs in once' },
            roles: ['as the link says'],
            expires: `${portal.link_hours} hours, and ${portal.session_minutes} minutes after it was used`,
          },
          ...portal.oidc.flatMap(({ issuer, auditor_claim, grants }) => [
            {
              ...{ name: `whose ${auditor_claim} an engagement names`, by: `portal, OIDC, ${issuer}` },
              ...{
                roles: ['auditor of that engagement'],
                expires: `${portal.session_minutes} minutes a session`,
              },
            },
            ...grants.map(({ claims, roles }) => ({
              ...{ name: claimWords(claims), by: `portal, OIDC, ${issuer}`, roles },
              expires: `${portal.session_minutes} minutes a session`,
            })),
          ]),
        ]),
  ];
}

const claimWords = (claims: Readonly<Record<string, unknown>>): string =>
  Object.entries(claims)
    .map(([claim, value]) => `${claim}=${String(value)}`)
    .join(', ');
