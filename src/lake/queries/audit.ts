import { IN_PERIOD, OF_CONTROL, PERIOD, type QueryTemplate } from './types.ts';

/** What an item of a population is made of: its leaf, its subject, its verdict, and by what another system knows it. */
const ITEM = `log_index, record_id, layer, policy_id, subject_type, subject_id, environment, verdict, disposition, run_id, repository,
  "commit", change`;

/** The questions that a sample is drawn from. */
export const AUDIT_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'population-of-control',
    title: 'Population of a control, for a sample',
    question:
      'Which decisions of this control judged something? A decision that found nothing to judge (not_applicable) is no item.',
    parameters: OF_CONTROL,
    positions: ['framework', 'control', 'from', 'to'],
    sql: `SELECT ${ITEM}
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD} AND verdict <> 'not_applicable'
ORDER BY log_index`,
  },
  {
    name: 'population-of-policy',
    title: 'Population of a policy, for a sample',
    question:
      'Which decisions of this policy judged something? A decision that found nothing to judge (not_applicable) is no item.',
    parameters: [{ name: 'policy_id', type: 'varchar', about: 'such as k8s-no-privileged' }, ...PERIOD],
    positions: ['policy_id', 'from', 'to'],
    sql: `SELECT ${ITEM}
FROM fact
WHERE record_type = 'decision' AND policy_id = ? AND ${IN_PERIOD} AND verdict <> 'not_applicable'
ORDER BY log_index`,
  },
];
