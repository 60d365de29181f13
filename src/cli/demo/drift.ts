import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { RecordedCluster } from './recorded.ts';
import type { Stage } from './stage.ts';

const listSchema = z.object({
  findings: z.array(
    z.object({ id: z.string(), policy: z.string(), owner: z.object({ name: z.string() }), due: z.string() }),
  ),
});
const shownSchema = z.object({
  finding: z.object({ all_occurrences: z.array(z.object({ first_record: z.string() })).min(1) }),
});
const recordSchema = z.object({
  details: z.object({ drift: z.object({ changed: z.array(z.object({ path: z.string() })) }) }),
});

/** What was admitted changes by hand; the watcher finds it, and the finding closes when it is mended. */
export async function drift(stage: Stage): Promise<void> {
  stage.say('\nFriday afternoon: somebody patches what runs');
  stage.say('  (the answers of a real API server, recorded before and after)');
  const cluster = await RecordedCluster.start(stage.path('kubeconfig'));
  try {
    const look = async (instant: string, file: string, open: boolean) => {
      stage.at(instant);
      cluster.has(file);
      await watch(stage, cluster.kubeconfig);
      const code = open ? 1 : 0;
      const { stdout } = await stage.run(code, 'findings', 'list', '--evidence', 'evidence', '-o', 'json');
      return listSchema.parse(JSON.parse(stdout)).findings;
    };
    await look('2026-11-20T12:00:00Z', 'live.json', false);
    const found = await look('2026-11-20T15:00:00Z', 'live-drifted.json', true);
    const [first] = found;
    if (first?.policy !== 'container-not-privileged')
      throw new ExhibitError('INTERNAL', 'the drift was not found');
    const shown = await stage.run(0, 'findings', 'show', first.id, '--evidence', 'evidence', '-o', 'json');
    const [occurrence] = shownSchema.parse(JSON.parse(shown.stdout)).finding.all_occurrences;
    const id = occurrence?.first_record ?? '';
    const { stdout } = await stage.run(0, 'ledger', 'proof', 'evidence', id, '--record');
    const { changed } = recordSchema.parse(JSON.parse(stdout)).details.drift;
    stage.say(`  ✓ found by the watcher: ${first.policy} passed before. Changed:`);
    for (const { path } of changed) stage.say(`    ${path.split('/').slice(-4).join('/')}`);
    stage.say(`  ✓ a finding of ${first.owner.name}, due ${first.due.slice(0, 16)}Z`);
    await look('2026-11-20T17:00:00Z', 'live-mended.json', false);
    stage.say('  ✓ mended: the finding is closed by the pass that came after it');
  } finally {
    await cluster.stop();
  }
}

async function watch(stage: Stage, kubeconfig: string): Promise<void> {
  const keys = stage.path('policies', '.exhibit', 'keys', 'bundle.pub.pem');
  const signed = stage.path('policies', '.exhibit', 'bundle.tar.gz');
  await stage.run(
    0,
    'watch',
    '--once',
    '--kubeconfig',
    kubeconfig,
    '--resource',
    'deployments.apps',
    '--bundle',
    signed,
    '--bundle-key',
    keys,
    '--evidence',
    'evidence',
    '--emitter',
    'watch@demo',
    '--environment',
    'production',
  );
}
