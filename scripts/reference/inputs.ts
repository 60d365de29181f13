import { FORMATS } from '../../src/inputs/index.ts';
import { INPUT_KINDS } from '../../src/policy/index.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/reference/inputs.md */
export function inputsPage(): string {
  const missing = INPUT_KINDS.filter((kind) => !FORMATS.some(({ name }) => name === kind));
  if (missing.length > 0) throw new Error(`kinds without a format: ${missing.join(', ')}`);
  const rows = FORMATS.map(
    ({ name, reference: { known, sees, positions } }) =>
      `| \`${name}\` | ${cell(known)} | ${cell(sees)} | ${cell(positions)} |`,
  );
  return `# Inputs

Generated from the registry of formats. What \`exhibit check\` judges, how it knows it, and what a rule sees. The kind is what
a policy names in \`inputs\`. A file is of one kind: the first of this list that takes it.

| kind | how it is known | what rules see under \`input\` | place of a violation |
|---|---|---|---|
${rows.join('\n')}

Below a folder, files are picked up by their names: \`.json\`, \`.yaml\`, \`.yml\`, \`.toml\`, \`.ini\`, \`.properties\`, \`.env\`,
Dockerfiles. A file that is named is read whatever it is called. What cannot be read is \`not_evaluated\`, never a pass.

A policy that names \`yaml\` judges workflows, pipelines and playbooks as well, one that names \`json\` templates of Azure,
and listings of Azure and Google Cloud.

## What Conftest reads

Dockerfiles, TOML, INI, property files and environment files have the value that \`conftest parse\` gives, so rules that were
written for Conftest run unchanged. The differences:

| kind | difference |
|---|---|
| \`dockerfile\` | \`Heredocs\` is added; flags of instructions are not checked against those that BuildKit knows; a file without FROM is refused |
| \`ini\` | keys before the first section, and the section \`DEFAULT\`, are there under \`DEFAULT\`; a key without a value is true; a quoted value over several lines is refused |
| \`dotenv\` | a variable that the file does not set above stays as it is written; Conftest takes it from its own environment |
| \`toml\` | a date or time without an offset is always UTC; \`inf\` and \`nan\` are refused |

## What refers to something else

A file that says a part of itself elsewhere is put together before it is judged, as far as the files beside it say. Each value keeps its
place: a violation points at the line of Globals, of the parent job, of the included file or of the action. What cannot be found is unknown, and
\`not_evaluated\` for each policy that asks for it.

| kind | put together | left unknown |
|---|---|---|
| \`cloudformation\` with the transform \`AWS::Serverless-2016-10-31\` | Globals, \`IgnoreGlobals\`, the APIs that events ask for without a name | parameters, conditions and what functions give; roles, permissions and stages that the transform makes are not there, so nothing is said of them |
| \`arm\` | parameters by their default values, variables, functions of both, templates within deployments, resources within resources | a parameter without a default, a secret, loops (\`copy\`), \`reference\`, \`resourceGroup\` and the like. Another value than the default, such as one of a parameter file, is not judged. A linked template makes the file incomplete |
| \`gitlab-ci\` | \`extends\`, \`default\`, \`!reference\`, anchors, \`include\` of local files | \`include\` with \`project\`, \`component\`, \`remote\`, \`template\`, \`rules\`, inputs. A local file that is not there, or is named by a pattern, makes the file incomplete |
| \`github-workflow\` | composite actions and reusable workflows of the same repository (\`uses: ./...\`), at any depth | what is used from other repositories |

A buffer in an editor is judged by itself: what other files add to it is unknown there.

## Helm charts

A folder with a \`Chart.yaml\` is rendered by \`helm template\`, and each object is judged as \`kubernetes\`. So is the chart of a
template, of \`values.yaml\` or of \`Chart.yaml\` that is named.

- Values are those of \`values.yaml\`; \`--helm-values FILE\` (\`helm_values\` in \`.exhibit.yaml\`) adds others, the last one wins; in a pipeline
  only the flag or \`EXHIBIT_HELM_VALUES\` does, so that a change cannot have other values judged than are deployed. They
  are given to every chart of the run. What other values would give is not judged.
- Hooks, CRDs and the charts in \`charts/\` are rendered as well; NOTES.txt is not. A library chart is passed over.
- The place is the line of the template that says the same. Where there is none (an included template, a packed dependency) it
  is the nearest that is known, and the message says that it is about there.

## Kustomize

A folder with a \`kustomization.yaml\` is rendered by \`kustomize build\`, each such folder by itself: a base that an overlay uses is judged
alone, too. Files that it names are judged as what it renders. The place is in the file that the object comes from; a value that a
patch sets is about there. A component is passed over.

## How both are run

With an empty environment, search path and home, so without plugins, credentials and git; through a proxy that does not exist; for a minute,
4 GiB of memory and the size of \`--max-input-size\` at most. Dependencies and bases must lie on this disk: remote ones are refused, and
so are links out of a chart, generators of charts and programs as functions. A tool that is missing or fails, and a folder that renders nothing, is
\`not_evaluated\`. \`exhibit doctor\` says which tools there are; \`EXHIBIT_HELM\` and \`EXHIBIT_KUSTOMIZE\` name one.
`;
}
