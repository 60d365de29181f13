import type { S3Store } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { type Choice, type Chosen, chosenFiles } from './select.ts';

export interface Held {
  changed: number;
  /** Were as they should be before. */
  before: number;
  /** Keys of files that no version has. */
  missing: string[];
}

/**
 * Sets the legal hold of the auditor's files or takes it off, on the versions that manifests name. To do it again goes on where it ended.
 * @param before called with what was chosen before anything is changed, so that it can be put on the record first
 * @throws ExhibitError as chosenFiles
 */
export async function holdFiles(
  store: S3Store,
  choice: Choice,
  on: boolean,
  before: (files: readonly Chosen[]) => Promise<void>,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<Held> {
  const all: Chosen[] = [];
  for await (const batch of chosenFiles(store, choice)) all.push(...batch);
  await before(all);
  const result: Held = { changed: 0, before: 0, missing: [] };
  let done = 0;
  await inParallel(all, async ({ file: { key }, version }) => {
    const there = version === undefined ? undefined : await store.look(key, version);
    if (version === undefined || there === undefined) result.missing.push(key);
    else if (there.lock.held === on) result.before += 1;
    else {
      await store.hold(key, version, on);
      result.changed += 1;
    }
    done += 1;
    progress(done, all.length);
  });
  return { ...result, missing: result.missing.sort() };
}
