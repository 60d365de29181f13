import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { readSettings, startServer } from '../../server/index.ts';
import { actorReference } from '../evidence/actors.ts';
import { openWriter } from '../ledger/memory.ts';
import { wrap } from '../terminal/text.ts';
import { VERSION } from '../version.ts';
import { findShop } from './shop.ts';
import type { Stage } from './stage.ts';

const SETTINGS = `evidence: evidence
listen: {port: 0}
emitter: admission@demo
bundles:
  - {name: main, file: policies/.exhibit/bundle.tar.gz, keys: [policies/.exhibit/keys/bundle.pub.pem]}
admission: {environment: production, callers: anyone}
`;

const answerSchema = z.object({
  response: z.object({
    allowed: z.boolean(),
    status: z.object({ message: z.string() }).optional(),
  }),
});

/** Somebody applies by hand what the gate refused. The webhook is the real one; what it is asked was recorded from a real API server. */
export async function byHand(stage: Stage): Promise<void> {
  stage.say('\nThe same day: it is applied to the cluster by hand, past the gate');
  stage.at('2026-11-19T09:00:00Z');
  stage.say('  (no cluster runs here: reviews recorded from a real API server are sent)');
  const [denied] = await answers(stage, 'review-by-hand.json');
  const message = denied?.status?.message ?? '';
  if (denied?.allowed !== false || !message.includes('container-not-privileged'))
    throw new ExhibitError('INTERNAL', `the webhook did not deny what it should: ${message}`);
  const policies = [...message.matchAll(/^([a-z][a-z-]+)\S* \(/gm)].map(([, id = '']) => id);
  stage.say(
    `  ✓ the webhook denies: ${policies.length} policies, each with its fix and the way to an override`,
  );
  stage.say(`    ${wrap(policies.join(', '), 74).join('\n    ')}`);
}

/** The mended one is admitted. */
export async function mended(stage: Stage): Promise<void> {
  const [admitted] = await answers(stage, 'review-fixed.json');
  if (admitted?.allowed !== true)
    throw new ExhibitError('INTERNAL', `the webhook denied what is mended: ${admitted?.status?.message}`);
  stage.say('  ✓ and admitted to the cluster, with a record of each verdict');
}

type Answer = z.infer<typeof answerSchema>['response'];

/** Asks the webhook of a real server that writes into the evidence of the story. */
async function answers(stage: Stage, ...reviews: string[]): Promise<Answer[]> {
  const file = stage.path('server.yaml');
  writeFileSync(file, SETTINGS);
  const { settings } = readSettings(file, {});
  const context = stage.context();
  const server = await startServer({
    settings,
    version: VERSION,
    clock: context.clock,
    random: context.random,
    log: () => {},
    openLedger: (sealThread) => openWriter(settings.evidence, context, sealThread),
    actorOf: (name) => actorReference(settings.evidence, name, context.random),
  });
  try {
    const found: Answer[] = [];
    for (const review of reviews) {
      const response = await fetch(`${server.url}/v1/admission`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: readFileSync(join(findShop(), 'cluster', review)),
      });
      found.push(answerSchema.parse(await response.json()).response);
    }
    return found;
  } finally {
    await server.stop();
  }
}
