import { resolve } from 'node:path';
import { type AuditWrite, type Told, writeOf } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import {
  detectSource,
  holdYoungSpace,
  kubernetesAudit,
  openReport,
  readRequests,
} from '../../sources/index.ts';
import type { Context } from '../context.ts';

export interface AuditFiles extends Told {
  writes: AuditWrite[];
  problems: string[];
}

/**
 * The writes of audit logs that lie in files. Memory grows with the number of writes.
 * @throws ExhibitError INPUT_... for a file that is no audit log
 */
export async function readAuditFiles(
  files: readonly string[],
  reference: (name: string) => string | undefined,
  { cwd }: Context,
): Promise<AuditFiles> {
  const writes: AuditWrite[] = [];
  const problems: string[] = [];
  let [first, last] = ['', ''];
  for (const file of files) {
    const { report, sample } = await openReport(resolve(cwd, file), file.replaceAll('\\', '/'));
    const { source } = detectSource(sample);
    if (source.id !== kubernetesAudit.id)
      throw new ExhibitError('INPUT_FORMAT', `it is ${source.title}, and no audit log of Kubernetes`, {
        location: { file },
      });
    const items = readRequests(report, (event) => {
      const { time } = event;
      if (time !== undefined) {
        if (first === '' || time < first) first = time;
        if (time > last) last = time;
      }
      const write = writeOf(event, reference);
      if (write !== undefined) writes.push(write);
    });
    for await (const item of items) {
      if (item.type === 'problem') problems.push(`${file}: ${item.message}`);
      holdYoungSpace();
    }
  }
  const covers = first === '' ? undefined : { from: Date.parse(first), to: Date.parse(last) };
  return { writes, problems, covers };
}
