import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, signedBundle } from '../repository.ts';

/** A signed bundle of the five rules. @returns the flags that name it and its key */
export function benchBundle(folder: string): string[] {
  const repository = join(folder, 'policies');
  const policy = join(repository, 'policies', 'bench');
  mkdirSync(policy, { recursive: true });
  copyFileSync(join(import.meta.dirname, 'rules.rego'), join(policy, 'policy.rego'));
  writeFileSync(join(repository, 'exhibit.yaml'), 'name: bench\n');
  writeFileSync(join(repository, '.gitignore'), '.exhibit/\n');
  commitAll(repository, 'Five rules');
  return signedBundle(repository);
}
