import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exported } from '../policy/export-corpus.ts';
import { apply, type Manifest, manifestsIn, paths, request, tryCreate, tryReplace } from './client.ts';
import { type ApiServer, startApiServer, why } from './server.ts';
import { outcomeOf } from './verdict.ts';

const FOLDER = 'policies/policies/kubernetes';
const IDS = readdirSync(FOLDER).filter((name) => name.startsWith('vap-'));

interface Example {
  id: string;
  name: string;
  bad: boolean;
  objects: Manifest[];
}

const EXAMPLES: Example[] = IDS.flatMap((id) =>
  readdirSync(join(FOLDER, id, 'examples')).map((name) => ({
    id,
    name,
    bad: name.startsWith('bad-'),
    objects: manifestsIn(readFileSync(join(FOLDER, id, 'examples', name), 'utf8')),
  })),
);

describe.skipIf(why !== '')(`the exported policies of the API server, in a real one${why}`, () => {
  let server: ApiServer;
  let at: ReturnType<typeof paths>;

  beforeAll(async () => {
    server = await startApiServer();
    at = paths(server);
    const spaces = EXAMPLES.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.namespace));
    for (const name of new Set(spaces)) if (name !== undefined) await applyText(namespace(name));
    const { folder } = await exported('kyverno');
    const files = readdirSync(join(folder, 'admission-policies')).sort();
    expect(files).toHaveLength(IDS.length);
    for (const file of files) await applyText(readFileSync(join(folder, 'admission-policies', file), 'utf8'));
    // The server takes policies up some time after it has stored them: until each has spoken once.
    for (const id of IDS) {
      const bad = EXAMPLES.find((one) => one.id === id && one.bad);
      if (bad === undefined) throw new Error(`${id} has no bad example`);
      while (speaking(await judge(bad), id).length === 0) await new Promise((next) => setTimeout(next, 100));
    }
  });
  afterAll(async () => server?.stop());

  async function applyText(text: string): Promise<void> {
    for (const one of manifestsIn(text)) await apply(server, await at(one), one);
  }

  /** What the server says of the objects of an example; nothing of them stays. */
  async function judge({ objects }: Example): Promise<string[]> {
    const said: string[] = [];
    for (const one of objects) said.push(...outcomeOf(await tryCreate(server, await at(one), one.text)));
    return said;
  }

  test.each(EXAMPLES.filter(({ bad }) => !bad))('$id lets $name pass', async (example) => {
    const said = await judge(example);
    expect(said.filter((line) => line.startsWith('refused'))).toEqual([]);
    expect(speaking(said, example.id)).toEqual([]);
  });

  test.each(EXAMPLES.filter(({ bad }) => bad))('$id finds $name, in its mode', async (example) => {
    const [line = 'nothing'] = speaking(await judge(example), example.id);
    const message = MESSAGES[`${example.id}/${example.name}`] ?? MESSAGES[example.id];
    expect(line).toBe(`${MODES[example.id]} ${example.id}: ${message}`);
  });

  test('the server’s own bindings of roles may still be written', async () => {
    const base = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const { items } = bindings.parse((await request(server, 'GET', base)).body);
    expect(items.length).toBeGreaterThan(20);
    for (const item of items) {
      const { name } = item.metadata;
      expect({ name, said: outcomeOf(await tryReplace(server, base, name, JSON.stringify(item))) }).toEqual({
        name,
        said: [],
      });
    }
  });
});

const bindings = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

/** What the policies do, and say, by their text. */
const MODES: Readonly<Record<string, string>> = {
  'vap-default-namespace-unused': 'warned',
  'vap-everyone-not-bound': 'denied',
  'vap-external-ips-refused': 'denied',
  'vap-host-namespaces-refused': 'denied',
};
const MESSAGES: Readonly<Record<string, string>> = {
  'vap-default-namespace-unused':
    'The workload is in a namespace that nobody owns, or in one of Kubernetes itself.',
  'vap-everyone-not-bound': 'The binding gives a role to everyone.',
  'vap-external-ips-refused': 'The Service claims traffic to addresses of its own choice.',
  'vap-host-namespaces-refused': 'The pod shares processes, memory or the network of its host.',
  'vap-host-namespaces-refused/bad-folder.yaml': 'The pod mounts a folder of its host.',
};

function speaking(said: readonly string[], id: string): string[] {
  return said.filter((line) => / ([^ ]+): /.exec(line)?.[1] === id);
}

function namespace(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
