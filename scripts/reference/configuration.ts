import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { CONFIG_FILE, type ConfigKey, configSchema, variableOf } from '../../src/cli/config/config.ts';
import { program } from './commands.ts';

/** Variables of Exhibit's own that are no setting of `.exhibit.yaml`. One that the code reads and this lacks is an error. */
const OTHERS: Readonly<Record<string, string>> = {
  EXHIBIT_GITHUB_URL: 'GitHub whose tickets `override tickets` asks about; else `https://github.com`',
  EXHIBIT_GITHUB_TOKEN: 'its token, sent to no other host',
  EXHIBIT_GITLAB_URL: 'GitLab whose tickets `override tickets` asks about; else `https://gitlab.com`',
  EXHIBIT_GITLAB_TOKEN: 'its token, sent to no other host',
  EXHIBIT_JIRA_URL: 'Jira whose tickets `override tickets` asks about; without it none is asked',
  EXHIBIT_JIRA_USER:
    'user of the API token (Jira Cloud); without it the token is a personal access token (Data Center)',
  EXHIBIT_JIRA_TOKEN: 'its token, sent to no other host',
  EXHIBIT_STATE:
    'folder in which this machine remembers the newest bundle and checkpoint that it saw; else `$XDG_STATE_HOME/exhibit`, else `~/.local/state/exhibit`',
  EXHIBIT_BUILD_CACHE:
    '`off`: what OPA answered is asked again for each build; `on`: it is kept in a pipeline too, where it is not otherwise',
  EXHIBIT_HELM: 'path of `helm`; then no other place is looked at',
  EXHIBIT_KUSTOMIZE: 'path of `kustomize`; then no other place is looked at',
  EXHIBIT_KYVERNO: 'path of the Kyverno CLI; then no other place is looked at',
  EXHIBIT_TOKEN:
    'what `check` shows the server that it sends its evidence to: a token of that server, or an OIDC token of the pipeline',
  EXHIBIT_TOKEN_FILE:
    'file with such a token, read each time, where `EXHIBIT_TOKEN` is not set; a cluster replaces the token of a service account every hour',
  EXHIBIT_AUDIENCE:
    'on GitHub Actions, where `EXHIBIT_TOKEN` is not set: audience of the OIDC token that is asked for; else the origin of the server',
  EXHIBIT_PKCS11_PIN:
    'PIN of the token that signs the log, where its URI names no file with `pin-source`; never an argument',
  EXHIBIT_PKCS11_MODULE:
    'library of that token, where it may be loaded although others than root may change it: the same path as in its URI',
  EXHIBIT_OPA: 'path of `opa`; then no other place is looked at',
  EXHIBIT_OPA_SHA256:
    'SHA-256 of the OPA release that `doctor --install opa` may fetch, where no digest is built in',
};

/** Variables of others. */
const FOREIGN: readonly [string, string][] = [
  [
    '`AWS_REGION`, `AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL_KMS` and the rest of the AWS SDK',
    'credentials and place of buckets, and of a key in AWS KMS that signs the log',
  ],
  ['`XDG_CACHE_HOME`', 'where an installed `opa` is kept: below it `exhibit/opa`; else `~/.cache`'],
  [
    '`XDG_STATE_HOME`',
    'where this machine remembers, when `EXHIBIT_STATE` is not set; else `~/.local/state`',
  ],
  ['`NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE`, `TERM`', 'colour; `--color` is stronger'],
  [
    '`GITHUB_ACTIONS`, `GITHUB_SERVER_URL`, `GITHUB_REPOSITORY`, `GITHUB_SHA`, `GITHUB_RUN_ID`, `GITHUB_ACTOR`',
    'on GitHub Actions: repository, commit, change and actor of the records',
  ],
  ['`GITHUB_STEP_SUMMARY`', 'file to which `-o github` adds the results as Markdown'],
  [
    '`ACTIONS_ID_TOKEN_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN`',
    'on GitHub Actions, in a job with `id-token: write`: where the OIDC token for a server comes from',
  ],
  [
    '`GITLAB_CI`, `CI_PROJECT_URL`, `CI_COMMIT_SHA`, `CI_PIPELINE_URL`, `GITLAB_USER_LOGIN`',
    'the same on GitLab CI',
  ],
];

/** docs/reference/configuration.md */
export function configurationPage(): string {
  const own = ownVariables();
  const missing = own.filter((name) => !(name in OTHERS));
  if (missing.length > 0) throw new Error(`variables without a description: ${missing.join(', ')}`);
  return `# Configuration

Generated from the program itself. \`exhibit config show\` prints the settings in force and where each comes from.

## Settings of check

| in \`${CONFIG_FILE}\` | variable | flag of \`check\` | form | meaning |
|---|---|---|---|---|
${settings().join('\n')}

A flag is stronger than a variable, a variable than the file. \`exhibit query\` takes \`evidence\` from here too; the commands
under \`ledger\` and \`lake\` are given their folder.

### The file

\`\`\`yaml
# ${CONFIG_FILE}
bundle: policies/.exhibit/bundle.tar.gz
bundle_keys: [policies/.exhibit/keys/bundle.pub.pem]
fail_on: medium
\`\`\`

- \`${CONFIG_FILE}\` is looked for in the working folder, then in each folder above, up to the root of the git checkout and
  not beyond. The first that is found counts alone; files are not merged. Outside a checkout only the working folder
  is looked at.
- Paths in the file are relative to the file. Paths in flags and variables are relative to the working folder.
- An unknown key is an error. So is a value of the wrong form: nothing is guessed. The JSON Schema is
  \`schemas/config.schema.json\`.
- The file lies in what is judged, so it may make the gate stricter and not weaker: \`fail_on\` takes \`high\`, \`medium\`,
  \`low\`, \`info\` or \`any\`, and \`layer\` is not taken from it.
- In a pipeline (the variable \`CI\` is set), \`bundle_keys\`, \`evidence\`, \`emitter\` and \`helm_values\` must come from flags or variables.
  In the file they are an error there.

\`EXHIBIT_BUNDLE_KEYS\` and \`EXHIBIT_HELM_VALUES\` hold several files with \`:\` between them (\`;\` on Windows).

\`exhibit.yaml\`, without the dot, is another file: it makes a folder a policy repository
([its fields](policy-metadata.md)).

## Other variables

| variable | meaning |
|---|---|
${Object.entries(OTHERS)
  .map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  .join('\n')}
${FOREIGN.map(([name, meaning]) => `| ${name} | ${meaning} |`).join('\n')}
`;
}

function settings(): string[] {
  const fields = z.toJSONSchema(configSchema).properties ?? {};
  const flags = optionsOfCheck();
  return (Object.keys(configSchema.shape) as ConfigKey[]).map((key) => {
    const field = fields[key] as Form;
    const flag = flags.get(key) ?? flags.get(key.replace(/s$/, ''));
    if (flag === undefined) throw new Error(`no flag of check for the setting ${key}`);
    const preset = /\((default: [^)]*)\)/.exec(flag.description)?.[1];
    const meaning = `${field.description ?? ''}${preset === undefined ? '' : `; ${preset.replaceAll('<', '\\<')}`}`;
    return `| \`${key}\` | \`${variableOf(key)}\` | \`${flag.long}\` | ${form(field)} | ${meaning} |`;
  });
}

interface Form {
  type?: string;
  enum?: string[];
  description?: string;
}

function form(field: Form): string {
  if (field.enum !== undefined) return field.enum.join(', ');
  return field.type === 'array' ? 'list of text' : field.type === 'string' ? 'text' : 'whole number';
}

/** Options of `exhibit check` by the name of their setting. */
function optionsOfCheck(): Map<string, { long: string; description: string }> {
  const check: Command | undefined = program().commands.find((each) => each.name() === 'check');
  return new Map(
    (check?.options ?? []).map(({ long, description }) => [
      (long ?? '').slice(2).replaceAll('-', '_'),
      { long: long ?? '', description },
    ]),
  );
}

/** Every EXHIBIT_ variable that the sources read by its name. */
function ownVariables(): string[] {
  const root = join(import.meta.dirname, '..', '..', 'src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const names = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\benv\.(EXHIBIT_[A-Z0-9_]+)/g)].map(
      ([, name = '']) => name,
    ),
  );
  return [...new Set(names)].sort();
}
