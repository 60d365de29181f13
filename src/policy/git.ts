import { ExhibitError } from '../record/index.ts';
import { CODEOWNERS_FILES } from './approval/codeowners.ts';
import { run } from './exec.ts';
import { belongs, CONFIG_FILE, foldersOf, notRepository, readConfig } from './tree.ts';
import type { RepositoryConfig } from './types.ts';

/** A policy repository as one commit holds it. */
export interface Committed {
  files: Map<string, Uint8Array>;
  /** Full commit id. */
  revision: string;
  /** Commit time, Unix seconds. */
  revision_time: number;
  /** Paths that differ from the commit, or that git does not know, as `git status` prints them. */
  dirty: string[];
}

/**
 * Reads what a commit holds of a folder, and CODEOWNERS of the repository that the folder lies in: bytes as they were committed, so that line endings, file modes and leftovers of
 * a checkout do not reach the bundle.
 * @param name a revision as git names it
 * @returns undefined when the folder is in no git repository, or there is no such commit
 * @throws ExhibitError TOOL_FAILED, NOT_FOUND, POLICY_INVALID (symbolic links, submodules)
 */
export async function readCommitted(folder: string, name = 'HEAD'): Promise<Committed | undefined> {
  const git = async (args: string[], stdin = '') => {
    const result = await run('git', ['-c', 'core.quotePath=false', ...args], {
      cwd: folder,
      stdin,
      env: environment(),
    });
    return result.code === 0 ? result.stdout : undefined;
  };
  const fixed = ['-c', 'log.showSignature=false'];
  // A name that begins with - would be an option.
  const named = ['--end-of-options', name, '--'];
  // It looks at the whole folder, while the others read what was committed.
  const changes = git(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--', '.']);
  changes.catch(() => undefined);
  const [head, place] = await Promise.all([
    git([...fixed, 'log', '-1', '--format=%H %ct', ...named]),
    git(['rev-parse', '--show-prefix']),
  ]);
  const [revision = '', time = ''] = head?.toString('utf8').trim().split(' ') ?? [];
  if (revision === '') return undefined;
  const prefix = (await must(Promise.resolve(place), 'rev-parse')).toString('utf8').trim().replace(/\/$/, '');
  const list = listed(
    await must(git(['ls-tree', '-r', '-z', '--full-tree', `${revision}:${prefix}`]), 'ls-tree'),
  );
  refuseLinks(list);
  const read = (list: Entry[]) =>
    readBlobs(list, (ids) => must(git(['cat-file', '--batch', '--buffer'], ids), 'cat-file'));
  const files = await read(list.filter(isFile));
  if (!files.has(CONFIG_FILE)) throw notRepository(folder);
  const { config } = readConfig(files);
  refuseSubmodules(list, config);
  for (const path of files.keys()) if (!belongs(path, config)) files.delete(path);
  // In a larger repository the code host reads CODEOWNERS at its root, and passes over one in this folder.
  if (prefix !== '') {
    for (const path of CODEOWNERS_FILES) files.delete(path);
    const owners = await must(
      git(['ls-tree', '-z', '--full-tree', revision, ...CODEOWNERS_FILES]),
      'ls-tree',
    );
    // Files only, no links: a code host follows none.
    for (const [path, bytes] of await read(listed(owners).filter(isFile))) files.set(path, bytes);
  }
  const status = await must(changes, 'status');
  const dirty = changed(status.toString('utf8'), prefix).filter((path) => belongs(path, config));
  return { files, revision, revision_time: Number(time), dirty };
}

/** git's own configuration by environment variables could name another repository than the folder's. */
function environment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env))
    if (/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)) delete env[name];
  return { ...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}

interface Entry {
  mode: string;
  path: string;
  id: string;
}

/** What `git ls-tree -z` lists. */
function listed(listing: Buffer): Entry[] {
  const lines = listing.toString('utf8').split('\0');
  return lines.flatMap((line) => {
    const [, mode = '', id = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
    return mode === '' ? [] : [{ mode, path, id }];
  });
}

const SYMBOLIC_LINK = '120000';
const SUBMODULE = '160000';

const isFile = ({ mode }: Entry): boolean => mode.startsWith('100');

function refuseLinks(list: readonly Entry[]): void {
  const link = list.find(({ mode }) => mode === SYMBOLIC_LINK);
  if (link === undefined) return;
  throw new ExhibitError('POLICY_INVALID', `${link.path} is a symbolic link, which a bundle cannot hold.`, {
    location: { file: link.path },
  });
}

/** Another repository in the place of a folder: what stands in it is no part of the commit, and so would be left out in silence. */
function refuseSubmodules(list: readonly Entry[], config: RepositoryConfig): void {
  for (const { mode, path } of list) {
    // It may stand in a folder, be one, or hold one.
    const within = (folder: string) => `${path}/`.startsWith(`${folder}/`) || folder.startsWith(`${path}/`);
    if (mode !== SUBMODULE || !foldersOf(config).some(within)) continue;
    throw new ExhibitError('POLICY_INVALID', `${path} is a git submodule, which a bundle cannot hold.`, {
      location: { file: path },
      hint: 'Commit its files themselves. A bundle says which commit it holds, so it holds exactly that.',
    });
  }
}

/** The reply of `git cat-file --batch`: `<id> blob <size>\n<bytes>\n` for each. */
async function readBlobs(
  list: Entry[],
  ask: (ids: string) => Promise<Buffer>,
): Promise<Map<string, Uint8Array>> {
  const reply = await ask(list.map((entry) => `${entry.id}\n`).join(''));
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (const entry of list) {
    const end = reply.indexOf(0x0a, at);
    const size = Number(reply.toString('latin1', at, end).split(' ')[2]);
    files.set(entry.path, reply.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return files;
}

/** Paths of `git status -z`; a rename has its old path in an entry of its own. */
function changed(status: string, prefix: string): string[] {
  const below = prefix === '' ? '' : `${prefix}/`;
  return status
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => (/^[ MADRCUT?!]{2} /.test(line) ? line.slice(3) : line))
    .filter((path) => path.startsWith(below))
    .map((path) => path.slice(below.length));
}

async function must(reply: Promise<Buffer | undefined>, command: string): Promise<Buffer> {
  const out = await reply;
  if (out === undefined)
    throw new ExhibitError('TOOL_FAILED', `git ${command} failed in the policy repository.`);
  return out;
}
