import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  notWithin,
  plainDetails,
  readSaved,
  requestAgain,
  type SavedQuery,
  savedDetails,
  textDigest,
} from '../../../audit/index.ts';
import { findQuery, type QueryAnswer, type QueryRequest } from '../../../lake/index.ts';
import { ExhibitError, redactText } from '../../../record/index.ts';
import { requestInvalid } from '../../http/reply.ts';
import { ledgerOf } from '../../ingest/evidence.ts';
import { actOf, record, recordRead } from '../acts.ts';
import { actsOf } from '../beside/books.ts';
import type { Model } from '../beside/messages.ts';
import { redirect } from '../http.ts';
import { linkTo, outside, type Visit } from '../visit.ts';
import { isOpen, type Question } from './answers.ts';
import { ROWS } from './messages.ts';
import { requestOf } from './request.ts';

/**
 * Most of a text that a record of a read has; its digest is of all. Text and values have six bytes a character at most in canonical JSON:
 * both fit into a record.
 */
const MOST_TEXT = 5_000;
/** So long a form waits for its answer, milliseconds: most come within it, and no page needs to look again. */
const PATIENCE = 1_500;

type Form = Readonly<Record<string, string>>;
type Ready = Visit & { model: Model };

/** What is done on the pages of questions; undefined where the path is none of theirs. @param form went through the check of its token */
export async function postQuestion(found: Visit, path: string, form: Form): Promise<void> {
  const { model, call, engagement } = found;
  if (model === undefined) return redirect(call.response, linkTo(found, 'questions'));
  const ready = { ...found, model };
  const [first = '', second = '', third = '', ...more] = path.split('/');
  if (more.length > 0) throw outside();
  if (first === 'question' && third === '') return askOne(ready, second, form);
  if (first === 'saved' && third === 'again') return askSaved(ready, second);
  const question = found.portal.answers.of(second, found.session, engagement.engagement);
  if (first !== 'answer' || question === undefined) throw outside();
  if (third === 'save') return save(ready, question, form);
  if (third === 'again') return askAgain(ready, question);
  if (third !== 'stop') throw outside();
  found.portal.answers.stop(question);
  return redirect(call.response, addressOf(found, question));
}

async function askOne(found: Ready, name: string, form: Form): Promise<void> {
  const request = requestOf(found, name, form);
  const { sql = '', parameters = [] } = request;
  const text = redactText(sql);
  const values = redactText(Object.values(parameters).join('\n'));
  await begin(
    found,
    { request, size: found.model.checkpoint.size },
    `the question ${sql === '' ? name : 'in SQL'}`,
    {
      ...(sql === '' ? {} : { text: cut(text), text_digest: textDigest(text) }),
      ...(values === '' ? {} : { values: cut(values) }),
    },
  );
}

/** Half of a character has no canonical JSON. */
function cut(text: string): string {
  return text.slice(0, MOST_TEXT).toWellFormed();
}

/** The read is on disk before the question is handed over. */
async function begin(
  found: Ready,
  asked: Pick<Question, 'request' | 'size' | 'again'>,
  what: string,
  details: Record<string, string>,
): Promise<void> {
  const { app, portal, session, engagement, call } = found;
  const { framework, from = '', to = '', control } = asked.request;
  portal.answers.refuseMore(session.actor);
  await recordRead(app, session, engagement.engagement, what, {
    ...{ framework: framework ?? engagement.framework, from, to, size: asked.size },
    ...(control === undefined ? {} : { control }),
    ...details,
  });
  const { question, done } = portal.answers.ask(session, { ...asked, engagement: engagement.engagement });
  await Promise.race([done, pause(PATIENCE)]);
  redirect(call.response, addressOf(found, question));
}

function addressOf({ engagement }: Visit, { id }: Question): string {
  return `/portal/e/${engagement.engagement}/answer/${id}`;
}

/** The same question over the same records, compared with what it gave before. */
async function askAgain(found: Ready, question: Question): Promise<void> {
  if (question.again !== undefined) {
    const { again, request, size } = question;
    const details = again.record === undefined ? {} : { record: again.record };
    return begin(found, { request, size, again }, 'an answer again', details);
  }
  const before = detailsOf(question, 'again');
  return begin(
    found,
    { request: question.request, size: question.size, again: { before } },
    'an answer again',
    {
      result_digest: before.result_digest,
    },
  );
}

/** A saved answer of this engagement. @param id attacker-controlled */
async function askSaved(found: Ready, id: string): Promise<void> {
  const own = actsOf(found.book).some((act) => act.kind === 'query saved' && act.record_id === id);
  if (!own) throw outside();
  const { saved } = await readSaved(ledgerOf(found.app.store), id);
  const request = requestInside(found, saved);
  await begin(
    found,
    { request, size: saved.ledger.size, again: { before: saved, record: id } },
    'a saved answer again',
    {
      record: id,
      result_digest: saved.result_digest,
    },
  );
}

/** A record of the log is believed no more than a form: framework and period are held against those of the engagement. */
function requestInside({ engagement: { scope } }: Visit, saved: SavedQuery): QueryRequest {
  const { period, read, framework, confined, query, engine } = saved;
  const within = (days: { from: string; to: string }) => days.from >= scope.from && days.to <= scope.to;
  const { request, reworded } = requestAgain(saved);
  if (framework !== scope.framework || !within(period)) throw outside();
  if (engine !== 'duckdb')
    throw requestInvalid(`${engine} answered it, which is not asked here: exhibit query --rerun asks it`);
  if (confined && within(read)) return { ...request, confined: true };
  // Not confined by the engine, only a text of this version is known to keep to its framework.
  if (query.name === 'sql' || reworded || notWithin(findQuery(query.name)) !== undefined) throw outside();
  if (query.parameters.framework !== scope.framework) throw outside();
  return request;
}

/** Details of an answer, as a record of it has them. @throws ExhibitError REQUEST_INVALID, USAGE */
function detailsOf({ state, request }: Question, name: string): SavedQuery {
  if (state.state !== 'answered') throw requestInvalid('there is no answer yet');
  const answer: QueryAnswer = { ...state.facts.answer, rows: [] };
  return savedDetails(answer, request, name);
}

/** Records an answer, or what asking again came to. */
async function save(found: Ready, question: Question, form: Form): Promise<void> {
  const { app, portal, session, engagement, call } = found;
  if (isOpen(question) || question.state.state !== 'answered') throw requestInvalid('there is no answer yet');
  // Pressed twice, it is one record.
  if (question.saved === undefined) {
    const act = question.again === undefined ? await answerAct(found, question, form) : outcomeAct(question);
    const draft = await record(
      app,
      session,
      { type: 'query', ...act, engagement: engagement.engagement },
      true,
    );
    const record_id = draft.record_id ?? '';
    question.saved = { record_id, log_index: await ledgerOf(app.store).find(record_id) };
    portal.books.wrote(engagement.engagement, actOf(draft));
  }
  redirect(call.response, addressOf(found, question));
}

async function answerAct({ app }: Ready, question: Question, form: Form) {
  const { kind, ...details } = detailsOf(question, (form.name ?? '').trim());
  const { state } = question;
  const kept: { rows_digest?: string } = {};
  if (form.rows !== undefined) {
    if (state.state !== 'answered' || !state.facts.keepable)
      throw requestInvalid('the rows are too many to be kept');
    kept.rows_digest = await ledgerOf(app.store).putBlob(await readFile(join(question.out, ROWS)));
  }
  const { name, row_count, ledger, coverage } = details;
  return {
    kind,
    message: `saved ${name}: ${row_count} rows over ${ledger.size} records, ${coverage.complete ? 'complete' : 'not complete'}`,
    details: plainDetails({ ...details, ...kept }),
  };
}

function outcomeAct({ state, again }: Question) {
  const compared = state.state === 'answered' ? state.facts.compared : undefined;
  if (compared === undefined || again?.record === undefined)
    throw new ExhibitError('REQUEST_INVALID', 'what was asked again is in no record: save the first answer');
  const { outcome, changes, gone, come } = compared;
  return {
    kind: 'query run again',
    message: `ran a saved answer again: ${outcome}`,
    details: plainDetails({
      ...{ saved: again.record, outcome, changes: changes.length },
      first_changes: changes.slice(0, 10).map((one) => one.slice(0, 500).toWellFormed()),
      ...(gone === undefined ? {} : { rows_gone: gone.count }),
      ...(come === undefined ? {} : { rows_come: come.count }),
    }),
  };
}
