import { addDays } from '../../../lake/index.ts';
import { DAY_MILLISECONDS } from '../../../record/index.ts';
import type { Chance } from './chance.ts';
import {
  AI_SYSTEM,
  BUCKETS,
  DATABASES,
  GROUPS,
  NAMES,
  ROLES,
  type Subject,
  WORKLOAD_POLICIES,
  workload,
} from './company.ts';

/** Something does not hold from a time on, at what runs, until it is mended. */
export interface Condition {
  policy: string;
  subject: Subject;
  /** Unix milliseconds. */
  from: number;
  /** Not mended before the year ends where it is not given. */
  to?: number;
  /** Seen in code, too: then the gate meets it with every change of the repository. */
  in_code: boolean;
}

/** A ticket of the register, as its file says it. */
export interface Ticket {
  id: string;
  policy: string;
  /** What it waives; for one that matches nothing, something that is gone. */
  subject: string;
  owner: string;
  approver: string;
  reason: string;
  /** Days of the year, counted from 0. */
  created: number;
  sunset: number;
}

/** A change of a policy in the policy repository. */
export interface PolicyChange {
  day: number;
  policy: string;
  message: string;
  edit: readonly [from: string, to: string];
}

export const OUTAGES = [
  { emitter: 'watch/production', from: 97, to: 99 },
  { emitter: 'inventory/aws', from: 246, to: 247 },
] as const;
/** The webhook refuses what was applied past the gate. */
export const BYPASS_DAY = 171;
/** Numbers of this emitter that never came. */
export const LOST = { emitter: 'pre-commit/laptops', day: 133, numbers: 3 } as const;

const CHANGES: readonly PolicyChange[] = [
  {
    day: 118,
    policy: 'container-limits-set',
    message: 'Limits are enforced: half a year of warnings is enough',
    edit: ['admission: warn', 'admission: enforce'],
  },
  {
    day: 203,
    policy: 'workload-replicated',
    message: 'One replica in production blocks',
    edit: ['ci: warn', 'ci: enforce'],
  },
  {
    day: 289,
    policy: 'container-root-read-only',
    message: 'A writable root file system is of medium severity',
    edit: ['severity: low', 'severity: medium'],
  },
];

const LEGACY = 'arn:aws:rds:eu-central-1:111122223333:db:legacy-reports';
const VPN = 'arn:aws:ec2:eu-central-1:111122223333:security-group/vpn';

/** @param last number of the year's last day */
const tickets = (last: number): Ticket[] => [
  ticket(
    'OPS-114',
    'db-deletion-protected',
    LEGACY,
    'billing',
    'identity',
    31,
    90,
    'The reports move to the warehouse; until then the restore test deletes and makes this database each night.',
  ),
  ticket(
    'OPS-114-renewed',
    'db-deletion-protected',
    LEGACY,
    'billing',
    'identity',
    91,
    150,
    'Renewed: the move of the reports takes eight weeks more than planned, its owner says why in the ticket.',
  ),
  ticket(
    'SHOP-902',
    'container-root-read-only',
    'Deployment/search/api',
    'search',
    'payments',
    140,
    190,
    'The search index writes beside its binary until version 5, which keeps it on a volume.',
  ),
  ticket(
    'NET-77',
    'no-open-ingress',
    VPN,
    'identity',
    'orders',
    225,
    252,
    'The provider of the VPN moves its addresses; for this month any source may reach the port of the tunnel.',
  ),
  ticket(
    'SHOP-958',
    'image-fixed',
    'Deployment/notifications/api',
    'notifications',
    'identity',
    212,
    240,
    'The vendor of the mail relay ships by tag alone; a mirror with fixed digests is being set up.',
  ),
  ticket(
    'SHOP-990',
    'bucket-versioned',
    'arn:aws:s3:::outfitters-old-exports',
    'catalog',
    'identity',
    260,
    330,
    'The bucket is emptied and deleted in this quarter; versions of its files would keep it alive.',
  ),
  ticket(
    'OPS-201',
    'container-limits-set',
    'Deployment/warehouse/api',
    'warehouse',
    'identity',
    last - 40,
    last + 10,
    'The nightly planning needs all memory of its node; the limit is set when it has a node pool of its own.',
  ),
  ticket(
    'OPS-207',
    'db-backups-retained',
    LEGACY,
    'billing',
    'identity',
    last - 21,
    last + 75,
    'The database is read only and is exported each week; it goes away when its last reader has moved.',
  ),
  // Its approver is its owner, so it does not apply: the build refuses it, and the fails go on.
  ticket(
    'SHOP-931',
    'container-not-privileged',
    'Deployment/catalog/api',
    'catalog',
    'catalog',
    181,
    200,
    'The image scanner of the catalog asks for a privileged container for as long as the release lasts.',
  ),
];

function ticket(
  id: string,
  policy: string,
  subject: string,
  owner: string,
  approver: string,
  created: number,
  sunset: number,
  reason: string,
): Ticket {
  const person = (service: string) => `${service}-lead@example.com`;
  return { id, policy, subject, created, sunset, reason, owner: person(owner), approver: person(approver) };
}

/** What happens in the year: the same for the same seed and days. */
export interface Plot {
  days: readonly string[];
  start: number;
  conditions: readonly Condition[];
  tickets: readonly Ticket[];
  changes: readonly PolicyChange[];
  /** Days on which the policy repository has a new version, from 0, in order; the first is 0. */
  versions: readonly number[];
}

const HOUR = 3_600_000;

/** @param first first day, YYYY-MM-DD @param count days of it, 365 as a rule */
export function plotOf(chance: Chance, first: string, count: number): Plot {
  const days = Array.from({ length: count }, (_, at) => addDays(first, at));
  const start = Date.parse(`${first}T00:00:00.000Z`);
  const all = tickets(count - 1).filter(({ created }) => created < count && created >= 0);
  const changes = CHANGES.filter(({ day }) => day < count);
  const versions = [...new Set([0, ...all.map(({ created }) => created), ...changes.map(({ day }) => day)])];
  return {
    ...{ days, start, changes },
    conditions: [...stated(start, count), ...drifts(chance.of('drifts'), start, count)],
    tickets: all,
    versions: versions.sort((a, b) => a - b),
  };
}

/** What the tickets are about, and what nobody may waive. */
function stated(start: number, count: number): Condition[] {
  const at = (day: number, hour: number) => start + day * DAY_MILLISECONDS + hour * HOUR;
  const one = (policy: string, subject: Subject | undefined, from: number, to?: number): Condition[] =>
    subject === undefined || from >= count
      ? []
      : [
          {
            policy,
            subject,
            from: at(from, 9),
            in_code: true,
            ...(to === undefined ? {} : { to: at(to, 16) }),
          },
        ];
  const [legacy, vpn] = [DATABASES.at(-1), GROUPS.at(-1)];
  return [
    ...one('db-deletion-protected', legacy, 29, 151),
    ...one('container-root-read-only', workload('search', 'production'), 139, 196),
    ...one('no-open-ingress', vpn, 224, 251),
    ...one('image-fixed', workload('notifications', 'production'), 211, 238),
    ...one('container-limits-set', workload('warehouse', 'production'), count - 41),
    ...one('db-backups-retained', legacy, count - 23),
    ...one('container-not-privileged', workload('catalog', 'production'), 180, 186),
    // The last review of its risks was a year ago.
    ...one('ai-risk-reviewed', AI_SYSTEM, 262, 273),
    // Found, and nobody has mended them when the year ends.
    ...one('image-registry-allowed', workload('identity', 'production'), count - 9),
    ...one('bucket-not-public', BUCKETS[2], count - 4),
  ];
}

/** Somebody changes what runs, by hand. Most are mended within a day or two, some take weeks, two are open when the year ends. */
function drifts(chance: Chance, start: number, count: number): Condition[] {
  const subjects = (policy: string): readonly Subject[] => {
    if (policy.startsWith('db-')) return DATABASES.slice(0, -1);
    if (policy.startsWith('bucket-')) return BUCKETS;
    if (policy === 'no-open-ingress') return GROUPS.slice(0, -1);
    if (policy === 'no-wildcard-permission') return ROLES;
    return NAMES.map((name) => workload(name, 'production'));
  };
  const policies = [
    ...WORKLOAD_POLICIES,
    ...[
      'db-deletion-protected',
      'db-backups-retained',
      'bucket-not-public',
      'bucket-encrypted-at-rest',
      'no-open-ingress',
      'no-wildcard-permission',
    ],
  ];
  const made: Condition[] = [];
  const taken = new Set<string>();
  for (let day = 6; day < count - 2; day += 5 + chance.below(11)) {
    const policy = chance.pick(policies);
    const subject = chance.pick(subjects(policy));
    // Of one thing and policy one only: what is waived or open is not opened again beside it.
    if (taken.has(`${policy} ${subject.id}`)) continue;
    taken.add(`${policy} ${subject.id}`);
    const from = start + day * DAY_MILLISECONDS + (8 + chance.below(9)) * HOUR + chance.below(HOUR);
    const kind = chance.next();
    const hours =
      kind < 0.55
        ? 20 + chance.below(40)
        : kind < 0.85
          ? 72 + chance.below(120)
          : 24 * (20 + chance.below(36));
    const to = from + hours * HOUR;
    const ends = to < start + count * DAY_MILLISECONDS;
    made.push({ policy, subject, from, in_code: false, ...(ends ? { to } : {}) });
  }
  return made;
}

export function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(`${day}T00:00:00.000Z`).getUTCDay());
}

/** The last Thursday of a month is a day of releases. */
export function isRelease(day: string): boolean {
  return (
    new Date(`${day}T00:00:00.000Z`).getUTCDay() === 4 && addDays(day, 7).slice(0, 7) !== day.slice(0, 7)
  );
}
