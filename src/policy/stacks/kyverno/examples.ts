import { isExhibitError } from '../../../record/index.ts';
import type { ExampleResult, Files, StackPolicy } from '../../types.ts';
import { actsOf } from './actions.ts';
import { type Applied, apply } from './apply.ts';
import { changesOf, said } from './changes.ts';
import type { Kyverno } from './find.ts';
import { type Manifest, readManifests } from './manifest.ts';
import { type PolicyFile, readPolicyFile } from './read.ts';

type Kind = ExampleResult['expected'];

/** Examples of a policy: `examples/good-*` and `bad-*` beside its file. */
export function examplesBeside(
  policy: StackPolicy,
  files: Files,
): { file: string; expected: 'good' | 'bad' }[] {
  const folder = `${policy.file.slice(0, policy.file.lastIndexOf('/'))}/examples/`;
  return [...files.keys()].sort().flatMap((file) => {
    const expected = file.startsWith(folder)
      ? /^(good|bad)-/.exec(file.slice(folder.length))?.[1]
      : undefined;
    return expected === 'good' || expected === 'bad' ? [{ file, expected }] : [];
  });
}

/** Judges one example with the policy's own engine. What the engine cannot do is a result that is not ok. */
export async function judgeExample(
  kyverno: Kyverno,
  policy: StackPolicy,
  example: { file: string; expected: 'good' | 'bad' },
  files: Files,
): Promise<ExampleResult> {
  const named = { policy_id: policy.id, ...example };
  const read = readPolicyFile(policy.file, files);
  const given = readManifests(files, example.file);
  const broken =
    given.problems[0]?.message ?? (given.manifests.length === 0 ? 'it holds no object' : undefined);
  if (broken !== undefined) return { ...named, ok: false, message: broken, subjects: 0 };
  try {
    const staged = new Map([
      [policy.file, files.get(policy.file) ?? new Uint8Array()],
      [example.file, files.get(example.file) ?? new Uint8Array()],
    ]);
    const question = { policies: [policy.file], resources: [example.file], files: staged };
    return { ...named, ...outcome(read, example, await apply(kyverno, question), given.manifests, files) };
  } catch (error) {
    if (!isExhibitError(error, 'TOOL_FAILED')) throw error;
    return { ...named, ok: false, message: error.message, subjects: 0 };
  }
}

type Outcome = Pick<ExampleResult, 'ok' | 'message' | 'subjects' | 'changes'>;

function outcome(
  read: PolicyFile,
  { file, expected }: { file: string; expected: Kind },
  applied: Applied,
  given: readonly Manifest[],
  files: Files,
): Outcome {
  const verdicts = applied.verdicts.filter(({ policy }) => policy.split('/').at(-1) === read.policy?.name);
  const subjects = new Set(verdicts.map(({ subject }) => subject)).size;
  const error = verdicts.find(({ result }) => result === 'error');
  if (error !== undefined)
    return { ok: false, message: `the policy is in error: ${error.message}`, subjects };
  const [unused] = applied.unused;
  if (unused !== undefined)
    return { ok: false, message: `Kyverno does not take the policy: ${unused}`, subjects };
  const fails = verdicts.filter(({ result }) => result === 'fail' || result === 'warn');
  const changes = actsOf(read).has('changes') ? changed(applied.made, given) : [];
  const list = changes.length === 0 ? {} : { changes: changes.map(({ text }) => text) };
  const first = fails[0] === undefined ? changes[0]?.text : `${fails[0].subject}: ${fails[0].message}`;
  if (expected === 'good') return { ok: first === undefined, message: first ?? '', subjects, ...list };
  if (first === undefined) return { ok: false, message: 'nothing in it fails or is changed', subjects };
  const other = changes.length === 0 ? undefined : unexpected(file, changes, files);
  return { ok: other === undefined, message: other ?? first, subjects, ...list };
}

interface Changed {
  object: Manifest;
  text: string;
}

const idOf = ({ kind, value, name }: Manifest): string => {
  const { namespace } = value.metadata as { namespace?: string };
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
};

/** Objects that are other than they were given, or were not given at all. */
function changed(made: readonly Manifest[], given: readonly Manifest[]): Changed[] {
  // The CLI writes an object once for each rule that changed it: the last is what is left in the end.
  const last = new Map(made.map((object) => [idOf(object), object]));
  return [...last.values()].flatMap((object) => {
    const before = given.find((one) => idOf(one) === idOf(object));
    const differences = before === undefined ? [] : changesOf(before.value, object.value);
    if (before !== undefined && differences.length === 0) return [];
    return [{ object, text: `${idOf(object)}: ${before === undefined ? 'is made' : said(differences)}` }];
  });
}

/** What a rule makes stands in `expected/`, beside `examples/`, under the example's name: the objects as they are then. */
function unexpected(file: string, changes: readonly Changed[], files: Files): string | undefined {
  const at = file.replace(/\/examples\/([^/]*)$/, '/expected/$1');
  if (!files.has(at))
    return `write what the policy makes of it into ${at}: ${changes.map(({ text }) => text).join('; ')}`;
  const { manifests, problems } = readManifests(files, at);
  const [problem] = problems;
  if (problem !== undefined) return `${at}: ${problem.message}`;
  for (const { object } of changes) {
    const wanted = manifests.find((one) => idOf(one) === idOf(object));
    if (wanted === undefined) return `${idOf(object)} is changed or made, but does not stand in ${at}`;
    const differences = changesOf(wanted.value, object.value);
    if (differences.length > 0) return `${idOf(object)} is not as in ${at}: ${said(differences)}`;
  }
  const missing = manifests.find((one) => !changes.some(({ object }) => idOf(object) === idOf(one)));
  return missing === undefined ? undefined : `${idOf(missing)} stands in ${at}, but is not changed or made`;
}
