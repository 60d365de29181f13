import { type Override, readPerson, samePerson, type TicketCheck } from '../../policy/index.ts';
import { type Clock, ExhibitError, formatInstant, isThisMachine } from '../../record/index.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { jira } from './jira.ts';
import type { Assignee, TicketAnswer, Tracker } from './types.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The trackers that may be asked. Their addresses and tokens come from the environment alone: a repository that names where
 * a token is sent could have it sent to anybody.
 * @throws ExhibitError CONFIG_INVALID for an address that is none, or not https (but on this machine)
 */
export function trackers(env: Env): Tracker[] {
  const githubAt = addressOf('EXHIBIT_GITHUB_URL', set(env.EXHIBIT_GITHUB_URL) ?? 'https://github.com');
  const gitlabAt = addressOf('EXHIBIT_GITLAB_URL', set(env.EXHIBIT_GITLAB_URL) ?? 'https://gitlab.com');
  const jiraAt = set(env.EXHIBIT_JIRA_URL);
  return [
    github(githubAt, set(env.EXHIBIT_GITHUB_TOKEN)),
    gitlab(gitlabAt, set(env.EXHIBIT_GITLAB_TOKEN)),
    ...(jiraAt === undefined
      ? []
      : [
          jira(
            addressOf('EXHIBIT_JIRA_URL', jiraAt),
            set(env.EXHIBIT_JIRA_USER),
            set(env.EXHIBIT_JIRA_TOKEN),
          ),
        ]),
  ];
}

const set = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function addressOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && isThisMachine(url);
  if (
    url !== undefined &&
    url.username === '' &&
    (url.protocol === 'https:' || (local && url.protocol === 'http:'))
  )
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  throw new ExhibitError('CONFIG_INVALID', `${name} is not the https address of a tracker`, {
    hint: 'Example: https://git.example.com',
  });
}

/** Asks the tracker of an override's ticket whether it is there, open and assigned to the override's owner. */
export async function checkTicket(
  { ticket, owner }: Pick<Override, 'ticket' | 'owner'>,
  known: readonly Tracker[],
  clock: Clock,
): Promise<TicketAnswer> {
  const checked_at = formatInstant(clock());
  const url = new URL(ticket);
  const plain = `${url.origin}${url.pathname}`;
  const tracker = known.find((each) => plain.startsWith(`${each.url}/`));
  if (tracker === undefined)
    return { state: 'unchecked', owner: 'unknown', checked_at, why: `no tracker is set for ${url.host}` };
  const base = { tracker: url.host, checked_at };
  const found = await tracker.ticket(plain.slice(tracker.url.length));
  switch (found.state) {
    case 'unchecked':
      return { state: 'unchecked', owner: 'unknown', ...base, why: found.why };
    case 'missing':
      return { state: 'missing', owner: 'unknown', ...base };
    case 'open':
    case 'closed':
      return { state: found.state, ...compare(owner, found.assignees), ...base };
  }
}

/**
 * Whether one of the people is the owner; unknown where the tracker shows nothing to compare with. A name that is displayed is
 * whatever its user wrote: it speaks for an owner who is written as a name and nothing else.
 */
function compare(owner: string, assignees: readonly Assignee[]): Pick<TicketCheck, 'owner' | 'why'> {
  if (assignees.length === 0) return { owner: 'differs', why: 'nobody is assigned to it' };
  const wanted = readPerson(owner);
  if (typeof wanted === 'string') return { owner: 'unknown', why: `the owner ${wanted}` };
  const named = wanted.address === undefined && !owner.trim().startsWith('@');
  const forms = assignees.flatMap(({ handle, address, name }) =>
    [handle === undefined ? undefined : `@${handle}`, address, named ? name : undefined].filter(
      (text) => text !== undefined,
    ),
  );
  const people = forms.map(readPerson).filter((person) => typeof person !== 'string');
  if (people.some((person) => samePerson(wanted, person))) return { owner: 'matches' };
  const comparable = assignees.every(({ handle, address }) =>
    wanted.address === undefined ? handle !== undefined : address !== undefined,
  );
  const shown = assignees
    .map(
      ({ handle, address, name }) => (handle === undefined ? (address ?? name) : `@${handle}`) ?? 'somebody',
    )
    .join(', ');
  return comparable
    ? { owner: 'differs', why: `it is assigned to ${shown}` }
    : { owner: 'unknown', why: `it is assigned to ${shown}, which cannot be compared with ${owner}` };
}
