import { ExhibitError } from '../../record/index.ts';
import { GITLAB_WORDS, resolvedPipelines } from '../gitlab/resolve.ts';
import { type Format, isObject, isYamlName, memberOf, type Part, type Source } from '../source.ts';
import type { InputKind } from '../types.ts';
import { withUsed } from './workflow-uses.ts';
import { yaml } from './yaml.ts';

const WORKFLOW_FILE = /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/i;
const ACTION_FILE = /(?:^|\/)action\.ya?ml$/i;
const GITLAB_FILE = /(?:^|\/)\.gitlab-ci\.ya?ml$/i;
const TASK_FILE = /(?:^|\/)(?:tasks|handlers)\/[^/]+\.ya?ml$/i;

/** Workflows and composite actions of GitHub. */
export const githubWorkflow: Format = {
  name: 'github-workflow',
  reference: {
    known:
      'a YAML file under `.github/workflows/`, or by its content: `jobs` and `on`; an action by `runs.using`',
    sees: 'the document as YAML. Readers of YAML 1.1 take the key `on` for true, so it is `input["true"]`; quoted it is `input.on`. Expressions stay as they are written. A step that uses an action of the same repository has its `runs` beside, a job that calls a workflow of it has its `jobs`; what is used from elsewhere is not fetched',
    positions: 'the key or item, also in the action or workflow that is used',
  },
  detect: detecting(
    (source, value) => WORKFLOW_FILE.test(slashed(source)) || isWorkflow(value) || isAction(source, value),
  ),
  parse: (source) =>
    yaml.parse(source).map((part) => withUsed(source, { ...part, kind: 'github-workflow' }, yaml.parse)),
  incomplete(part) {
    if (isWorkflow(part.value) || isObject(memberOf(part.value, 'runs'))) return [];
    return [notOne(part, 'a workflow: it has no jobs, or does not say when it runs')];
  },
};

/** Pipelines of GitLab, put together as far as the files of the repository say. What they include from elsewhere is not fetched. */
export const gitlabCi: Format = {
  name: 'gitlab-ci',
  reference: {
    known:
      'a file `.gitlab-ci.yml`, or by its content: a job with a `script` that is a text or a list of them, and no other object',
    sees: 'the pipeline with anchors, `extends`, `default`, `!reference` and local `include` resolved: a job has all that it takes over. What comes from elsewhere (`project`, `component`, `remote`, `template`, an include with `rules`) stays as it is written, and what it adds is unknown; a local file that is not there is `not_evaluated`',
    positions: 'the key or item where it is written, also in an included file or under `default`',
  },
  detect: detecting((source, value) => GITLAB_FILE.test(slashed(source)) || isGitlab(value)),
  parse: resolvedPipelines,
  incomplete: (part) => (isObject(part.value) ? [] : [notOne(part, 'a pipeline: it is no mapping')]),
};

/** Playbooks and task files of Ansible. */
export const ansible: Format = {
  name: 'ansible',
  reference: {
    known:
      'by its content: a list of plays (`hosts` with `tasks`, `roles`, `handlers` or the like, or an imported playbook), or a list of tasks in a folder `tasks` or `handlers`',
    sees: 'the document as YAML. Templates (`{{ }}`) stay as they are written; an encrypted value (`!vault`) is its text',
    positions: 'the key or item',
  },
  detect: detecting(
    (source, value) => isPlaybook(value) || (TASK_FILE.test(slashed(source)) && isTasks(value)),
  ),
  parse: (source) => yaml.parse(source).map((part) => ({ ...part, kind: 'ansible' as InputKind })),
};

const slashed = ({ file }: Source): string => file.replaceAll('\\', '/');

/** Of a file of YAML with one document; broken text is of no kind. */
function detecting(is: (source: Source, value: unknown) => boolean): Format['detect'] {
  return (source) => {
    if (!isYamlName(source)) return false;
    try {
      const [first, second] = source.yaml().documents;
      if (first === undefined) return false;
      // A pipeline of GitLab may stand behind a document that says its inputs.
      return second === undefined ? is(source, first.value) : GITLAB_FILE.test(slashed(source));
    } catch {
      return false;
    }
  };
}

function isWorkflow(value: unknown): boolean {
  if (!isObject(memberOf(value, 'jobs')) || memberOf(value, 'apiVersion') !== undefined) return false;
  return ['on', 'true'].some((key) => (memberOf(value, key) ?? null) !== null);
}

function isAction(source: Source, value: unknown): boolean {
  const runs = memberOf(value, 'runs');
  const using = memberOf(runs, 'using');
  return using === 'composite' || (ACTION_FILE.test(slashed(source)) && typeof using === 'string');
}

function isGitlab(value: unknown): boolean {
  if (
    !isObject(value) ||
    memberOf(value, 'jobs') !== undefined ||
    memberOf(value, 'apiVersion') !== undefined
  )
    return false;
  return Object.entries(value).some(
    ([key, job]) => !GITLAB_WORDS.has(key) && isScript(memberOf(job, 'script')),
  );
}

const isScript = (script: unknown): boolean =>
  typeof script === 'string' ||
  (Array.isArray(script) && script.every((line) => typeof line === 'string' || Array.isArray(line)));

const PLAY = ['handlers', 'post_tasks', 'pre_tasks', 'roles', 'tasks'];

function isPlaybook(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPlay);
}

function isPlay(value: unknown): boolean {
  if (
    memberOf(value, 'import_playbook') !== undefined ||
    memberOf(value, 'ansible.builtin.import_playbook') !== undefined
  )
    return true;
  return memberOf(value, 'hosts') !== undefined && PLAY.some((key) => Array.isArray(memberOf(value, key)));
}

const isTasks = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

function notOne(part: Part, what: string): ExhibitError {
  return new ExhibitError('INPUT_FORMAT', `by its place it is ${what}`, {
    location: part.locate([]),
    hint: 'Mend it, or move it: what stands there is run.',
  });
}
