import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ExhibitError } from '../record/index.ts';
import { CODEOWNERS_FILES } from './approval/codeowners.ts';
import { gitRoot } from './git-root.ts';
import { configSchema, LONGEST_DAYS } from './schema.ts';
import type { Files, Problem, RepositoryConfig } from './types.ts';
import { conform, parseYaml } from './yaml-file.ts';

export const CONFIG_FILE = 'exhibit.yaml';
const FIXED_FOLDERS = ['frameworks', 'controls', 'overrides'];
/** Open overrides of one policy from which on the policy is suspected, where `exhibit.yaml` sets nothing else. */
const MANY_OPEN = 5;
/** Larger than any rule text or example plan; a repository is no place for more. */
const MAX_FILE = 64 * 1024 * 1024;

/**
 * Reads the files of a policy repository, as they are in a folder. Links are not followed. CODEOWNERS is that of the git repository
 * which the folder lies in; its name stays as it is there.
 */
export async function readTree(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const config = await readFile(join(folder, CONFIG_FILE)).catch((cause: unknown) => {
    throw notRepository(folder, cause);
  });
  files.set(CONFIG_FILE, config);
  for (const below of foldersOf(readConfig(files).config)) await walk(folder, below, files);
  // Where the code host reads it: a policy folder may be a part of a larger repository.
  const { root } = gitRoot(folder);
  for (const path of CODEOWNERS_FILES) {
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found?.isFile() === true && found.size <= MAX_FILE) files.set(path, await readFile(join(root, path)));
  }
  return files;
}

/** Folders that make up the repository; whatever else lies beside them is not read. */
export function foldersOf(config: RepositoryConfig): string[] {
  return [...new Set([...config.policies, ...config.libraries, ...FIXED_FOLDERS])].sort();
}

/** True for a path that belongs to the repository. */
export function belongs(path: string, config: RepositoryConfig): boolean {
  if (path === CONFIG_FILE || CODEOWNERS_FILES.includes(path)) return true;
  return foldersOf(config).some((folder) => path.startsWith(`${folder}/`));
}

/** `exhibit.yaml`, with defaults where it is wrong, so that the rest can still be looked at. */
export function readConfig(files: Files): { config: RepositoryConfig; problems: Problem[] } {
  const { value, problems } = conform(parseYaml(files, CONFIG_FILE), configSchema, 'config');
  const config: z.infer<typeof configSchema> = value ?? {
    name: 'unnamed',
    policies: ['policies'],
    libraries: ['lib'],
    exports: [],
    emitters: [],
  };
  const trim = (paths: string[]) => paths.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  const exported = config.exports.map(({ folder }) => folder);
  const outside = [...config.policies, ...config.libraries, ...exported].filter((path) =>
    /^\/|(^|\/)\.\.(\/|$)|\\/.test(path),
  );
  for (const path of outside) {
    problems.push({
      severity: 'error',
      rule: 'config',
      message: `the folder ${path} is not below the repository`,
      location: { file: CONFIG_FILE },
    });
  }
  const kept = (paths: string[]) => trim(paths.filter((path) => !outside.includes(path)));
  return {
    config: {
      name: config.name,
      policies: kept(config.policies),
      libraries: kept(config.libraries),
      longest_days: { ...LONGEST_DAYS, ...config.overrides?.longest_days },
      ...config.bundle,
      ...(config.release === undefined ? {} : { release: config.release }),
      emitters: config.emitters,
      exports: config.exports.flatMap(({ format, folder }) =>
        kept([folder]).map((one) => ({ format, folder: one })),
      ),
      overrides: {
        approval: config.overrides?.approval ?? [],
        unchecked_tickets: config.overrides?.unchecked_tickets ?? 'apply',
        many: { open: config.overrides?.many?.open ?? MANY_OPEN, uses: config.overrides?.many?.uses },
      },
    },
    problems,
  };
}

export function notRepository(folder: string, cause?: unknown): ExhibitError {
  return new ExhibitError('NOT_FOUND', `${folder} is not a policy repository: it holds no ${CONFIG_FILE}.`, {
    cause,
    hint: 'Start one with `exhibit init`, or name the folder that holds exhibit.yaml.',
    location: { file: join(folder, CONFIG_FILE) },
  });
}

async function walk(root: string, below: string, files: Map<string, Uint8Array>): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) await walk(root, path, files);
    } else if (entry.isFile()) {
      const { size } = await lstat(join(root, path));
      if (size > MAX_FILE) {
        throw new ExhibitError('INPUT_TOO_LARGE', `${path} is larger than ${MAX_FILE} bytes.`, {
          location: { file: path },
        });
      }
      files.set(path, await readFile(join(root, path)));
    }
  }
}
