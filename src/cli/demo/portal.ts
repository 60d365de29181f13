import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { newToken, readSettings, startServer } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { stopSignal } from '../stop-signal.ts';
import { sentence } from '../terminal/table.ts';
import { VERSION } from '../version.ts';
import { labelled, type MadeYear } from './year/index.ts';

const linkSchema = z.object({ url: z.url(), expires: z.string() });

/**
 * Serves a generated year with its portal on this machine alone, until the process is told to stop. What is done in it goes into its log, and says
 * that it is of a demonstration.
 * @throws ExhibitError what startServer throws
 */
export async function serve(
  folder: string,
  made: MadeYear,
  port: number,
  context: Context,
): Promise<ExitCode> {
  const { stdout, stderr, clock, random } = context;
  // For as long as this process runs: nobody else ever knows it.
  const { token, hash } = newToken(random);
  const file = join(folder, 'server.yaml');
  const tokens = [{ name: 'demo', hash, roles: ['administrator', 'approver'] }];
  writeFileSync(
    file,
    stringify({ evidence: 'evidence', listen: { host: '127.0.0.1', port }, portal: {}, auth: { tokens } }),
  );
  const { settings } = readSettings(file, {});
  const server = await startServer({
    ...{ settings, version: VERSION, clock, random },
    log: (level, message, facts) => {
      if (level === 'error')
        stderr.write(sentence(`error: ${message} ${JSON.stringify(facts ?? {})}`, stderr));
    },
    openLedger: async (sealThread) => labelled(await openWriter(settings.evidence, context, sealThread)),
    actorOf: (name) => actorReference(settings.evidence, name, random),
  });
  const stop = stopSignal();
  try {
    const link = (of: object) => ask(server.url, token, of);
    const ways: readonly (readonly [who: string, link: z.infer<typeof linkSchema>])[] = [
      ['auditor', await link({ engagement: made.engagement })],
      ...(made.ai_engagement === undefined
        ? []
        : [['auditor, AI Act', await link({ engagement: made.ai_engagement })] as const]),
      ['compliance lead', await link({ roles: ['approver'] })],
      ['engineer', await link({ roles: ['engineer'] })],
    ];
    stdout.write(
      '\nOpen one of these in a browser. Each signs in once; the server makes new ones when it is started again.\n',
    );
    for (const [who, { url }] of ways) stdout.write(`  ${who.padEnd(16)} ${url}\n`);
    stdout.write(`\n${server.url}/portal/ on this machine alone; Ctrl-C ends it.\n`);
    if (!stop.aborted)
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  } finally {
    await server.stop();
  }
  const reader = await openReader(settings.evidence);
  await remember(reader, context);
  await reader.close();
  return EXIT.ok;
}

async function ask(server: string, token: string, of: object): Promise<z.infer<typeof linkSchema>> {
  const response = await fetch(`${server}/v1/portal/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(of),
  });
  const parsed = linkSchema.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  throw new ExhibitError('USAGE', `the portal makes no link for ${JSON.stringify(of)}: ${response.status}`, {
    hint: 'The audit of an old year is over: name another folder, and a new year is made.',
  });
}
