import { ExhibitError } from '../../record/index.ts';
import { wrap } from '../terminal/text.ts';
import { RecordedCluster } from './recorded.ts';
import type { Stage } from './stage.ts';

interface Finding {
  id: string;
  policy_id: string;
  owner?: { name?: string };
  due?: string;
}

/** What was admitted changes by hand; the watcher finds it, and the finding closes when it is mended. */
export async function drift(stage: Stage): Promise<void> {
  stage.say('\nFriday afternoon: somebody patches what runs');
  stage.say('  (the answers of a real API server, recorded before and after the patch)');
  const cluster = await RecordedCluster.start(stage.path('kubeconfig'));
  try {
    const look = async (instant: string, file: string, open: boolean) => {
      stage.at(instant);
      cluster.has(file);
      await watch(stage, cluster.kubeconfig);
      const code = open ? 1 : 0;
      const { stdout } = await stage.run(code, 'findings', 'list', '--evidence', 'evidence', '-o', 'json');
      return (JSON.parse(stdout) as { findings: Finding[] }).findings;
    };
    await look('2026-11-20T12:00:00Z', 'live.json', false);
    const found = await look('2026-11-20T15:00:00Z', 'live-drifted.json', true);
    const first = found.find(({ policy_id }) => policy_id === 'container-not-privileged');
    if (first === undefined) throw new ExhibitError('INTERNAL', 'the drift was not found');
    const shown = await stage.run(1, 'findings', 'show', first.id, '--evidence', 'evidence', '-o', 'json');
    const path = /"path":\s*"([^"]*privileged)"/.exec(shown.stdout)?.[1];
    stage.say(`  ✓ the watcher finds ${found.length} drifts; the worst is ${first.policy_id}`);
    if (path !== undefined) stage.say(`    changed: ${wrap(path, 66).join('\n             ')}`);
    await look('2026-11-20T17:00:00Z', 'live.json', false);
    stage.say('  ✓ mended: each finding is closed by the pass that came after it');
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
