import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isRegoPolicy } from '../../../src/policy/index.ts';
import { corpus, exported, ours, runTool, starterBundle } from './export-corpus.ts';

// Its build takes too long for each change: trivy-scanner.go.txt says how to make it.
const scanner = process.env.EXHIBIT_TRIVY_SCANNER ?? '';
const why = scanner === '' ? ' (skipped: EXHIBIT_TRIVY_SCANNER names no program)' : '';
const FOLDERS: Record<string, string> = {
  'terraform-plan': 'json',
  json: 'json',
  yaml: 'yaml',
  kubernetes: 'kubernetes',
};

interface Row {
  file: string;
  check: string;
  message: string;
  failed: boolean;
}

describe.skipIf(why !== '')(
  `the export for Trivy in Trivy's own scanners${why}`,
  { timeout: 900_000 },
  () => {
    const folders: string[] = [];
    afterAll(async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });

    test('gives our messages on every example', async () => {
      const { folder, manifest } = await exported('trivy');
      const inputs = await mkdtemp(join(tmpdir(), 'exhibit-trivy-'));
      folders.push(folder, inputs);
      const documents = corpus().filter(
        ({ file, kind }) => file.startsWith('policies/') && FOLDERS[kind] !== undefined,
      );
      const names = documents.map(
        ({ kind }, i) =>
          `${FOLDERS[kind]}/${i}.${kind === 'terraform-plan' || kind === 'json' ? 'json' : 'yaml'}`,
      );
      for (const name of Object.values(FOLDERS)) await mkdir(join(inputs, name), { recursive: true });
      for (const [i, { value }] of documents.entries())
        await writeFile(join(inputs, names[i] ?? ''), JSON.stringify(value, null, 1));
      const { stdout } = await runTool(scanner, [folder, inputs], { maxBuffer: 1024 * 1024 * 1024 });
      const rows = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));

      const bundle = await starterBundle();
      // Trivy does not tell a plan from other JSON, so a policy is compared on the kinds that it is made for.
      const kinds = new Map(
        bundle.policies.filter(isRegoPolicy).map(({ id, inputs: list }) => [id, list as readonly string[]]),
      );
      const judges = (policy: string, kind = '') =>
        kinds.get(policy)?.length === 0 || kinds.get(policy)?.includes(kind);
      const kindOf = new Map(names.map((name, i) => [name, documents[i]?.kind]));
      const theirs = rows.flatMap(({ file, check, message, failed }) => {
        const policy = check.replace(/^.*\.|_(?:json|yaml|kubernetes)$/g, '').replaceAll('_', '-');
        return failed && judges(policy, kindOf.get(file)) ? [`${file} ${policy} ${message}`] : [];
      });
      const { judged } = await ours(bundle, documents, 'ci');
      const mine = judged.flatMap((list, i) =>
        list.flatMap(({ policy_id, verdict, message = '', details }) => {
          if (!manifest.policies.includes(policy_id) || verdict === 'pass' || verdict === 'not_applicable')
            return [];
          const said = (details?.violations as { message: string }[] | undefined)?.map((one) => one.message);
          const before = verdict === 'not_evaluated' ? 'Not evaluated: ' : '';
          return (said ?? [message]).map((text) => `${names[i]} ${policy_id} ${before}${text}`);
        }),
      );
      expect([...new Set(theirs)].sort()).toEqual([...new Set(mine)].sort());
      console.log(
        `trivy's scanners: ${documents.length} documents, ${manifest.policies.length} policies, ${rows.length} results, ${new Set(mine).size} messages, 0 differ`,
      );
      expect(theirs.length).toBeGreaterThan(500);
    });
  },
);
