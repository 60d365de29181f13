import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { OPA_VERSION } from './find-opa.ts';
import { STACKS, type StackTool } from './stacks/index.ts';
import { CONFIG_FILE } from './tree.ts';

export interface InitOptions {
  /** Name of the repository, the lineage of its bundles; else made from the folder's name. */
  name?: string;
  /** Version of Exhibit, for the example of a package in the workflow. */
  version?: string;
  /** Policies whose tests call these tools are taken, too. */
  with?: readonly StackTool[];
  /** Folder of the starter library; else the one that comes with the package. */
  starter?: string;
}

export interface InitResult {
  name: string;
  written: string[];
  /** Files that were there already and stay as they are. */
  kept: string[];
  /** Starter policies that were left out, by the tool that their tests call. */
  left_out: Partial<Record<StackTool, number>>;
}

/**
 * Starts a policy repository: the starter library, `exhibit.yaml`, a CI workflow, a pre-commit configuration, `.gitignore`.
 * A file that is there already is never overwritten.
 * @throws ExhibitError NOT_FOUND when the package has no starter library
 */
export async function initRepository(folder: string, options: InitOptions = {}): Promise<InitResult> {
  const starter = options.starter ?? (await findStarter(import.meta.dirname));
  const name = options.name ?? lineage(basename(resolve(folder)));
  const files = await readStarter(starter, '');
  const left_out = leaveOut(files, options.with ?? []);
  const config = files.get(CONFIG_FILE)?.toString('utf8') ?? 'name: starter\n';
  files.set(CONFIG_FILE, Buffer.from(config.replace(/^name:.*$/m, `name: ${name}`)));
  for (const [path, text] of Object.entries(projectFiles(options.version)))
    files.set(path, Buffer.from(text));
  const result: InitResult = { name, written: [], kept: [], left_out };
  for (const [path, data] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // `wx` fails on a file that exists: no moment between looking and writing.
    const fresh = await writeFile(join(folder, path), data, { flag: 'wx' }).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'EEXIST') return false;
        throw cause;
      },
    );
    (fresh ? result.written : result.kept).push(path);
  }
  return result;
}

/**
 * Takes out policies whose tests call a tool that nobody asked for: a new repository passes its tests with `opa` alone, whatever
 * else the machine has.
 */
function leaveOut(files: Map<string, Buffer>, tools: readonly StackTool[]): InitResult['left_out'] {
  const left_out: InitResult['left_out'] = {};
  for (const { main, tool } of STACKS) {
    if (tool === undefined || tools.includes(tool)) continue;
    for (const path of [...files.keys()].filter(
      (one) => one.endsWith(`/${main}`) && one.startsWith('policies/'),
    )) {
      const folder = path.slice(0, -main.length);
      for (const file of [...files.keys()]) if (file.startsWith(folder)) files.delete(file);
      left_out[tool] = (left_out[tool] ?? 0) + 1;
    }
  }
  return left_out;
}

/** A name that `exhibit.yaml` takes, from any text. */
export function lineage(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'policies' : name;
}

/** The package's `policies` folder, above the code wherever it was bundled to. */
async function findStarter(from: string): Promise<string> {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, 'policies');
    const there = await access(join(candidate, CONFIG_FILE)).then(
      () => true,
      () => false,
    );
    if (there) return candidate;
    if (dirname(at) === at)
      throw new ExhibitError('NOT_FOUND', 'This installation holds no starter library.');
  }
}

async function readStarter(root: string, below: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, data] of await readStarter(root, path)) files.set(name, data);
    else if (entry.isFile()) files.set(path, await readFile(join(root, path)));
  }
  return files;
}

function projectFiles(version: string | undefined): Record<string, string> {
  return {
    '.gitignore': '# What is built, and keys\n/dist/\n/.exhibit/\n*.pem\n',
    '.pre-commit-config.yaml': `# Checks of this repository before each commit: https://pre-commit.com
# They run the exhibit that is installed on this machine; nothing is fetched.
repos:
  - repo: local
    hooks:
      - id: exhibit-policy-lint
        name: policies are complete
        entry: exhibit policy lint
        language: system
        pass_filenames: false
      - id: exhibit-policy-test
        name: policies pass their tests and examples
        entry: exhibit policy test
        language: system
        pass_filenames: false
`,
    '.github/workflows/policy.yml': workflow(version),
  };
}

/**
 * The package is named by its file or URL, and never by a bare name: a name belongs to whoever took it at the registry, and a
 * workflow must not run a stranger's code.
 */
function workflow(version = 'VERSION'): string {
  return `# Lints, tests and builds the policies. A bundle is signed where the key is, not here.
name: policy
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
env:
  # The package of Exhibit: a .tgz file in this repository, or its https URL. Write it here, such as
  # ./tools/exhibit-${version}.tgz. "npm pack" in a checkout of Exhibit makes that file.
  EXHIBIT_PACKAGE: ""
jobs:
  policy:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - uses: open-policy-agent/setup-opa@v2
        with:
          version: ${OPA_VERSION}
      - name: Install Exhibit
        run: |
          case "$EXHIBIT_PACKAGE" in
            ./*.tgz | /*.tgz | https://*.tgz) npm install --global "$EXHIBIT_PACKAGE" ;;
            *) echo "EXHIBIT_PACKAGE names no .tgz file or https URL: write it at the top of this workflow" >&2; exit 2 ;;
          esac
      - run: exhibit policy lint
      - run: exhibit policy test
      - run: exhibit policy build
`;
}
