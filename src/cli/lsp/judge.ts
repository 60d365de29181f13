import { setImmediate } from 'node:timers/promises';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Decision, type Engine, judgeAll } from '../../engine/index.ts';
import { type InputFile, type InputLimits, parseInput } from '../../inputs/index.ts';
import { type Bundle, isExpired } from '../../policy/index.ts';
import type { FailOn } from '../report/report.ts';
import type { Shown } from './diagnostic-text.ts';

/** With what a buffer is judged. */
export interface Judge {
  bundle: Bundle;
  engine: Engine;
  failOn: FailOn;
  limits: Partial<InputLimits>;
  repository: string | undefined;
}

/** Documents that are judged before others get a turn: a second of work at most, for any usual policies. */
const SLICE = 200;

/**
 * Judges the text of an open buffer, as `check --layer pre-commit` judges the file. Never throws for what the text or a policy does.
 * A large file is judged in slices, between which the editor's questions are answered.
 * @param file as check would name it: below the workspace folder, with `/`
 * @param now Unix milliseconds
 * @param current false once the text is not the latest any more: then the rest is not judged
 * @returns undefined where it was not judged to the end
 */
export async function judgeBuffer(
  file: string,
  text: TextDocument,
  { bundle, engine, failOn, limits, repository }: Judge,
  now: number,
  current: () => boolean,
): Promise<Shown[] | undefined> {
  const input: InputFile = parseInput(file, Buffer.from(text.getText(), 'utf8'), limits);
  const { decisions } = await judgeAll(engine, slices(input, current), {
    bundle,
    layer: 'pre-commit',
    now,
    failOn,
    ...(repository === undefined ? {} : { repository }),
    ...(bundle.expires !== undefined && isExpired(bundle, now) ? { stale: bundle.expires } : {}),
  });
  if (!current()) return undefined;
  const remediation = new Map(bundle.policies.map((policy) => [policy.id, policy.remediation]));
  return decisions.flatMap((decision) => shownOf(decision, remediation)).sort(byPlace);
}

async function* slices({ documents, ...file }: InputFile, current: () => boolean): AsyncGenerator<InputFile> {
  yield { ...file, documents: documents.slice(0, SLICE) };
  for (let at = SLICE; at < documents.length; at += SLICE) {
    await setImmediate();
    if (!current()) return;
    yield { ...file, documents: documents.slice(at, at + SLICE), problems: [] };
  }
}

/** What passed, and what a policy has nothing to say about, is not shown. */
function shownOf(decision: Decision, remediation: ReadonlyMap<string, string>): Shown[] {
  const { verdict, message = '', document, location, statements } = decision;
  if (verdict === 'pass' || verdict === 'not_applicable') return [];
  const base = {
    policy_id: decision.policy_id,
    rule_id: decision.rule_id,
    subject: decision.subject.id,
    verdict,
    disposition: decision.disposition,
    severity: decision.severity,
    ...(decision.override_id === undefined ? {} : { override_id: decision.override_id }),
    ...(decision.code === undefined ? {} : { code: decision.code }),
    ...(document === undefined ? {} : { document }),
  };
  const usual = verdict === 'fail' ? remediation.get(decision.policy_id) : hintOf(decision);
  const fixOf = (fix: string | undefined) => {
    const text = fix ?? usual;
    return text === undefined ? {} : { fix: text };
  };
  // Each statement at its own place: an editor shows places, a report subjects.
  if (statements !== undefined && document !== undefined)
    return statements.map((each) => ({
      ...base,
      message: each.message,
      ...fixOf(each.fix),
      location: document.locate(each.path ?? []),
      ...(each.path === undefined ? {} : { path: each.path }),
      ...(each.edit === undefined ? {} : { edit: each.edit }),
    }));
  return [{ ...base, message, ...fixOf(decision.fix), location }];
}

function hintOf({ details }: Decision): string | undefined {
  return typeof details?.hint === 'string' ? details.hint : undefined;
}

function byPlace(a: Shown, b: Shown): number {
  const place = ({ location: { line = 0, column = 0 } }: Shown) => line * 1e6 + Math.min(column, 1e6 - 1);
  return place(a) - place(b) || (a.policy_id < b.policy_id ? -1 : Number(a.policy_id > b.policy_id));
}
