import type { InputDocument } from '../../inputs/index.ts';
import type { Decision, JudgedStatement, Judgement } from '../types.ts';
import { type Clean, cleanInput, cleanJson, cleanText, remembering } from './stored-input.ts';

/**
 * How the texts of a document's decisions are cleaned. Redacting a document takes time, so that is done only where a rule
 * wrote something; what names the subjects that passed is cleaned of what looks like a credential.
 */
export function cleanerFor(
  document: InputDocument,
  judgements: readonly Judgement[],
  paths: readonly string[],
): Clean {
  const written = judgements.some(
    ({ message, fix, details }) => message !== undefined || fix !== undefined || details !== undefined,
  );
  return written ? cleanInput(document, paths).clean : remembering((text) => cleanText(text));
}

/**
 * A decision without secrets in what it says: reports and records show the same. Its place and path stay, since they lead to
 * the file, and overrides were applied to the subject as it is.
 */
export function cleanDecision(decision: Decision, clean: Clean): Decision {
  const { subject, message, fix, details, statements } = decision;
  return {
    ...decision,
    subject: { ...subject, id: clean(subject.id), name: clean(subject.name) },
    ...(message === undefined ? {} : { message: clean(message) }),
    ...(fix === undefined ? {} : { fix: clean(fix) }),
    ...(details === undefined ? {} : { details: cleanJson(details, clean) as Record<string, unknown> }),
    ...(statements === undefined
      ? {}
      : { statements: statements.map((each) => cleanStatement(each, clean)) }),
  };
}

/** An edit stays as it is: it goes back into the file from which it came, and nowhere else. */
function cleanStatement(statement: JudgedStatement, clean: Clean): JudgedStatement {
  const { message, fix } = statement;
  return { ...statement, message: clean(message), ...(fix === undefined ? {} : { fix: clean(fix) }) };
}
