import { z } from 'zod';
import type { LogReader, Unnumbered } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import {
  type Clock,
  derivedId,
  ExhibitError,
  formatInstant,
  instant,
  type RandomBytes,
} from '../../record/index.ts';
import { actById } from '../scope/act.ts';
import { auditDraft } from '../scope/draft.ts';

const made = z.object({
  kind: z.literal('link made'),
  link: z.string().regex(/^[0-9a-f]{64}$/),
  engagement: z.string().exactOptional(),
  roles: z.array(z.string()).exactOptional(),
  expires: instant,
});

/** A link that lets somebody in once. The log has the SHA-256 of its token, from which nobody finds the token: that has 256 random bits. */
export interface SignInLink {
  /** SHA-256 of the token, hexadecimal. */
  link: string;
  /** Into which engagement it lets its auditor; else it is for people of the team, with these roles. */
  engagement?: string;
  roles?: string[];
  expires: string;
  used: boolean;
}

interface Deps {
  clock: Clock;
  random: RandomBytes;
  version?: string;
  actor?: string;
}

const madeId = (link: string) => derivedId('exhibit.audit/link', link, sha256);
const usedId = (link: string) => derivedId('exhibit.audit/link-used', link, sha256);

/** The record that a link was made. @param expires Unix milliseconds */
export function linkDraft(
  { link, engagement, roles, expires }: Omit<SignInLink, 'expires' | 'used'> & { expires: number },
  { actor, ...deps }: Deps,
): Unnumbered {
  const to = engagement === undefined ? `for ${(roles ?? []).join(', ')}` : 'for the auditor';
  const draft = auditDraft(
    {
      type: 'access',
      kind: 'link made',
      ...(engagement === undefined ? {} : { engagement }),
      message: `a link that signs in once was made ${to}, until ${formatInstant(expires)}`,
      details: {
        link,
        expires: formatInstant(expires),
        ...(roles === undefined ? {} : { roles }),
      },
      ...(actor === undefined ? {} : { actor }),
    },
    deps,
  );
  return { ...draft, record_id: madeId(link) };
}

/** The record that a link was used. There is one at most: its id follows from the link's. */
export function linkUsedDraft(
  { link, engagement }: Pick<SignInLink, 'link' | 'engagement'>,
  { actor, ...deps }: Deps,
): Unnumbered {
  const draft = auditDraft(
    {
      type: 'access',
      kind: 'signed in',
      ...(engagement === undefined ? {} : { engagement }),
      message: 'somebody signed in by a link that is used up now',
      details: { link, by: 'link' },
      ...(actor === undefined ? {} : { actor, verified_by: 'link' }),
    },
    deps,
  );
  return { ...draft, record_id: usedId(link) };
}

/**
 * A link by the SHA-256 of its token, as the log has it.
 * @throws ExhibitError NOT_FOUND
 */
export async function readLink(reader: LogReader, link: string): Promise<SignInLink> {
  const found = /^[0-9a-f]{64}$/.test(link) ? (await actById(reader, madeId(link)))?.details : undefined;
  const parsed = made.safeParse(found);
  if (!parsed.success || parsed.data.link !== link)
    throw new ExhibitError('NOT_FOUND', 'there is no such link');
  const { kind: _, ...known } = parsed.data;
  return { ...known, used: (await actById(reader, usedId(link))) !== undefined };
}
