/** A company that does not exist: who it is, what it runs, and which policies judge which of it. */

export interface Subject {
  type: string;
  id: string;
  name: string;
  environment: string;
  /** Where its code lies, and who owns that. */
  repository: string;
  file: string;
}

interface Service {
  name: string;
  team: string;
}

export const COMPANY = 'Example Outfitters';
const HOST = 'git.example.com/outfitters';
const SERVICES: readonly Service[] = [
  { name: 'orders', team: 'team-checkout' },
  { name: 'payments', team: 'team-checkout' },
  { name: 'catalog', team: 'team-shop' },
  { name: 'search', team: 'team-shop' },
  { name: 'identity', team: 'team-platform' },
  { name: 'notifications', team: 'team-shop' },
  { name: 'billing', team: 'team-finance' },
  { name: 'warehouse', team: 'team-logistics' },
];
export const PEOPLE = [
  'ada',
  'barbara',
  'edsger',
  'frances',
  'grace',
  'katherine',
  'niklaus',
  'tony',
] as const;

const infra = `${HOST}/infra`;

export function workload(name: string, environment: string): Subject {
  return {
    type: 'workload',
    id: `Deployment/${name}/api`,
    name: `${name}/api`,
    environment,
    repository: `${HOST}/${name}`,
    file: `deploy/${environment}/api.yaml`,
  };
}
const cloud = (type: string, id: string, name: string): Subject => ({
  ...{ type, id, name, environment: 'production' },
  ...{ repository: infra, file: `modules/${type}s/main.tf` },
});

export const NAMES = SERVICES.map(({ name }) => name);
export const DATABASES = ['orders', 'payments', 'catalog', 'identity', 'billing', 'legacy-reports'].map(
  (name) => cloud('database', `arn:aws:rds:eu-central-1:111122223333:db:${name}`, name),
);
export const BUCKETS = ['invoices', 'catalog-images', 'exports', 'audit-logs', 'backups'].map((name) =>
  cloud('bucket', `arn:aws:s3:::outfitters-${name}`, `outfitters-${name}`),
);
export const GROUPS = ['web', 'database', 'vpn'].map((name) =>
  cloud('firewall', `arn:aws:ec2:eu-central-1:111122223333:security-group/${name}`, name),
);
export const ROLES = ['deploy', 'reporting', 'backup'].map((name) =>
  cloud('statement', `arn:aws:iam::111122223333:role/${name}`, name),
);
/** High-risk by Annex III, point 4: it ranks who applies for work. Its registration lies beside its code. */
export const AI_SYSTEM: Subject = {
  ...{ type: 'ai_system', id: 'applicant-ranking', name: 'applicant-ranking', environment: 'production' },
  ...{ repository: `${HOST}/hiring`, file: 'ai/applicant-ranking.yaml' },
};
const ACCOUNT = [cloud('account', 'arn:aws:organizations::111122223333:account/production', 'production')];

/** Policies of a workload. Those that judge admission and runtime, too, say so themselves. */
export const WORKLOAD_POLICIES = [
  'container-not-privileged',
  'container-not-root',
  'container-limits-set',
  'container-root-read-only',
  'container-readiness-probed',
  'image-fixed',
  'image-registry-allowed',
  'no-secret-in-env',
  'workload-labelled',
  'workload-replicated',
] as const;
/** Asked for at admission alone: whether the gate let it pass. */
export const ASKS_FOR_PASS = 'attested-workloads';
/** Of the code host: looked at each night, too. */
export const BRANCH_POLICIES = ['branch-review-required', 'branch-checks-required'] as const;
export const REPOSITORY_POLICIES = [
  'dockerfile-image-pinned',
  'dockerfile-user-set',
  'workflow-actions-pinned',
  ...BRANCH_POLICIES,
] as const;

export const AI_POLICIES = [
  'ai-system-registered',
  'ai-risk-reviewed',
  'ai-data-registered',
  'ai-documentation-complete',
  'ai-events-logged',
  'ai-logs-retained',
  'ai-instructions-present',
  'ai-oversight-assigned',
  'ai-accuracy-declared',
  'ai-model-registered',
  'ai-monitoring-planned',
] as const;

/** Which policies judge which things of the cloud account. */
export const CLOUD: readonly { policies: readonly string[]; subjects: readonly Subject[] }[] = [
  {
    policies: [
      'db-encrypted-at-rest',
      'db-not-public',
      'db-backups-retained',
      'db-deletion-protected',
      'db-transport-encrypted',
    ],
    subjects: DATABASES,
  },
  {
    policies: ['bucket-not-public', 'bucket-encrypted-at-rest', 'bucket-versioned', 'bucket-access-logged'],
    subjects: BUCKETS,
  },
  { policies: ['no-open-ingress'], subjects: GROUPS },
  { policies: ['no-wildcard-permission', 'no-public-principal'], subjects: ROLES },
  { policies: ['audit-trail-complete', 'log-retained', 'threat-detection-on'], subjects: ACCOUNT },
];

export const CHOSEN: readonly string[] = [
  ...WORKLOAD_POLICIES,
  ASKS_FOR_PASS,
  ...REPOSITORY_POLICIES,
  ...AI_POLICIES,
  ...CLOUD.flatMap(({ policies }) => policies),
];

export const repositoryOf = (service: string): string => `${HOST}/${service}`;
export const repositorySubject = (service: string): Subject => ({
  type: 'repository',
  id: `${HOST}/${service}`,
  name: service,
  environment: 'production',
  repository: `${HOST}/${service}`,
  file: '.git.example/workflows/release.yaml',
});
export const changeUrl = (repository: string, number: number): string =>
  `https://${repository}/pulls/${number}`;
export const teamOf = (service: string): string =>
  service === AI_SYSTEM.name
    ? 'team-people'
    : (SERVICES.find(({ name }) => name === service)?.team ?? 'team-platform');
