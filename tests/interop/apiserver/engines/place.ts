import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../../../../src/cli/testing/program.ts';
import { openReader } from '../../../../src/ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../../../src/record/index.ts';
import { tokenOf } from '../account.ts';
import { apply, manifestsIn, paths } from '../client.ts';
import type { ApiServer } from '../server.ts';

/** All that is sealed in an evidence folder. */
export async function recordsIn(evidence: string): Promise<EvidenceRecord[]> {
  const reader = await openReader(evidence);
  try {
    const { size } = await reader.checkpoint();
    const found: EvidenceRecord[] = [];
    for await (const { bytes } of reader.entries(0, size)) found.push(parseRecord(bytes));
    return found;
  } finally {
    await reader.close();
  }
}

/** A machine that collects what engines report, as a service account with the printed role alone. */
export class Collector extends Machine {
  static async make(api: ApiServer): Promise<Collector> {
    const one = new Collector(new Date().toISOString());
    const done = await one.run('ledger', 'init', 'evidence', '--origin', 'example.com/engines');
    if (done.code !== 0) throw new Error(done.stderr);
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reports', namespace: 'default' },
    };
    const { stdout } = await one.run('watch', '--reports', '--print-role', 'default/reports');
    for (const each of manifestsIn(`${JSON.stringify(account)}\n---\n${stdout}`))
      await apply(api, await paths(api)(each), each);
    const { kubeconfig } = await tokenOf(api, 'default', 'reports');
    writeFileSync(join(one.folder, 'kubeconfig'), kubeconfig, { mode: 0o600 });
    return one;
  }

  /** Collects what the cluster has now. @returns all decisions of a format that were ever collected */
  async collected(format: string): Promise<EvidenceRecord[]> {
    this.now = Date.now();
    const { code, stderr } = await this.run(
      ...['watch', '--reports', '--evidence', 'evidence', '--cluster', 'shop-eu'],
      ...['--kubeconfig', 'kubeconfig', '--once'],
    );
    // 3: no engine reports anything yet.
    if (code !== 0 && code !== 3) throw new Error(stderr);
    return this.decisions(format);
  }

  /** Takes in a file. @returns its decisions */
  async ingested(format: string, file: string): Promise<EvidenceRecord[]> {
    this.now = Date.now();
    const { code, stderr } = await this.run('ingest', format, file, '--evidence', 'evidence', '--no-bundle');
    if (code === 2) throw new Error(stderr);
    return this.decisions(format);
  }

  async decisions(format: string): Promise<EvidenceRecord[]> {
    const all = await recordsIn(join(this.folder, 'evidence'));
    return all.filter((one) => one.record_type === 'decision' && one.format === format);
  }
}
