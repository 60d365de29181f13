import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { InForce } from '../../../src/lake/testing/fixture.ts';
import { type Workshop, workshop } from '../../acceptance/workshop.ts';
import type { Family } from '../attack.ts';
import { closed, closeLakes, digestIn, lakeOf, ordinary, wordsOf } from '../stage/lake.ts';
import { blobFile, edit, file } from '../stage/tools.ts';

let shop: Workshop | undefined;
const QUERY = '--evidence FOLDER --from 2026-03-01 --to 2026-03-01';
const VERIFY = 'exhibit ledger verify FOLDER --vkey KEY';

/** A day with a policy in force, and a blob of it replaced afterwards. */
const blobReplaced = (member: string) => async () => {
  const lake = await lakeOf(ordinary);
  const digest = await digestIn(lake, member);
  const attacked = await wordsOf(lake.folder, (folder) =>
    edit(blobFile(folder, digest), () => '{"links":[]}'),
  );
  return { attacked, honest: await wordsOf(lake.folder) };
};

export const policy: Family = {
  name: 'policy',
  title: 'Policies and control maps',
  close: closeLakes,
  attacks: [
    {
      id: '9a',
      attack: 'weaken a policy for an hour, and keep the pass',
      opponent: 'operator',
      does: 'judges with another bundle, which was built and signed as it should be, and goes back to the first',
      seen: [
        {
          command: `exhibit query policy-versions ${QUERY}`,
          exit: 0,
          says: ['weaker'],
        },
      ],
      remains:
        'Whether a policy is good is for people to judge: the versions are listed, with who decided by which.',
      async perform() {
        const weaker = await closed(async (lake) => {
          const first = await ordinary(lake);
          const second = await lake.announce('weaker', [['encrypted', 'soc2/cc6.1']]);
          await lake.decide(second, ['encrypted', 'db1', 'pass']);
          await lake.decide(first, ['encrypted', 'db2', 'pass']);
        });
        return {
          attacked: await wordsOf(weaker.folder),
          honest: await wordsOf((await closed()).folder),
        };
      },
    },
    {
      id: '9b',
      attack: 'judge by a policy that nobody was shown',
      opponent: 'operator',
      does: 'sends decisions of a bundle that was never announced in the log',
      seen: [{ command: `exhibit query policy-versions ${QUERY}`, exit: 0, says: ['hidden'] }],
      remains: 'The bundle itself is not there to be read: only its digest is.',
      async perform() {
        const hidden: InForce = {
          bundle_digest: `sha256:${'ab'.repeat(32)}`,
          control_map_digest: `sha256:${'cd'.repeat(32)}`,
          policy_revision: 'hidden',
        };
        const attacked = await closed(async (lake) => {
          await ordinary(lake);
          await lake.decide({ ...(await lake.announce('r1', [['encrypted', 'soc2/cc6.1']])), ...hidden }, [
            'encrypted',
            'db9',
            'pass',
          ]);
        });
        return {
          attacked: await wordsOf(attacked.folder),
          honest: await wordsOf((await closed()).folder),
        };
      },
    },
    {
      id: '9c',
      attack: 'change the text of the policies afterwards',
      opponent: 'insider',
      does: 'replaces the stored list of policies, so that the rule looks stricter than it was',
      seen: [{ command: VERIFY, exit: 1, says: ['BLOB_DIGEST', 'record 0'] }],
      remains: 'Nothing: the record carries the digest.',
      perform: blobReplaced('policies_digest'),
    },
    {
      id: '9d',
      attack: 'change a file of a signed bundle',
      opponent: 'storage administrator',
      does: 'puts another rule into the archive and leaves the signature',
      seen: [
        {
          command: 'exhibit verify bundle BUNDLE --key BUNDLE_KEY',
          exit: 3,
          says: ['BUNDLE_DIGEST', 'policies/ai/agent-actions-approved/policy.rego'],
        },
      ],
      remains: 'Who has the key of the bundle signs any policy: 9a is what shows it.',
      async perform() {
        shop ??= workshop();
        const tar = gunzipSync(readFileSync(shop.bundle));
        const at = tar.indexOf('package exhibit.policies');
        tar.write('Package', at);
        const BUNDLE = file('bundle.tar.gz', gzipSync(tar));
        const honest = { BUNDLE: shop.bundle, BUNDLE_KEY: shop.key };
        return { attacked: { ...honest, BUNDLE }, honest };
      },
    },
    {
      id: '10a',
      attack: 'move a policy to another control after the fact',
      opponent: 'insider',
      does: 'replaces the stored control map that the records of a day name',
      seen: [{ command: VERIFY, exit: 1, says: ['BLOB_DIGEST', 'control_map_digest'] }],
      remains: 'Nothing: the record carries the digest of its map.',
      perform: blobReplaced('control_map_digest'),
    },
    {
      id: '10b',
      attack: 'announce another map, and have the past counted by it',
      opponent: 'operator',
      does: 'announces a map in which a failing policy supports no control of the framework, and rebuilds the closed day',
      seen: [],
      holds: [
        {
          command: 'exhibit lake rebuild FOLDER',
          exit: 0,
          says: ['2026-03-01: the log gives the same bytes'],
        },
      ],
      remains:
        'A map that was wrong from the start is for people to judge. A new one counts from its announcement on.',
      async perform() {
        const { folder, lake } = await closed();
        lake.at('2026-03-02T02:00:00.000Z');
        await lake.announce('moved', [['encrypted', 'iso27001/a.8.24']]);
        return { attacked: await wordsOf(folder), honest: await wordsOf(folder) };
      },
    },
  ],
};
