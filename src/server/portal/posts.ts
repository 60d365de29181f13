import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { controlIn, replyAct, requestAct, requestsOf, requireOpen } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Call } from '../app.ts';
import { busy } from '../http/queue.ts';
import { requestInvalid } from '../http/reply.ts';
import { actOf, record } from './acts.ts';
import type { Question } from './ask/answers.ts';
import { CSV } from './ask/messages.ts';
import { postQuestion } from './ask/posts.ts';
import { actsOf } from './beside/books.ts';
import { HEADERS, redirect, sendPage } from './http.ts';
import { teamPage } from './pages/team.ts';
import { makeLink } from './signin/links.ts';
import { outside, type Visit } from './visit.ts';

const MOST_TEXT = 8_000;

/** @throws ExhibitError REQUEST_INVALID */
function textOf(text: string | undefined): string {
  const trimmed = (text ?? '').trim();
  if (trimmed !== '' && trimmed.length <= MOST_TEXT) return trimmed;
  throw requestInvalid(`a text has 1 to ${MOST_TEXT} characters`);
}

/** @param control attacker-controlled @throws ExhibitError USAGE for one that the framework does not have, SERVER_BUSY */
function controlOf({ engagement, model }: Visit, control: string): string {
  if (model === undefined) throw busy('the controls of this engagement are being read');
  const { framework } = engagement;
  return controlIn(
    framework,
    control,
    model.controls.map(({ id }) => id),
  );
}

/** Writes an act that pages are to show at once. */
async function say(found: Visit, act: Parameters<typeof record>[2]): Promise<void> {
  const { app, portal, session, engagement } = found;
  const draft = await record(app, session, { ...act, engagement: engagement.engagement }, true);
  portal.books.wrote(engagement.engagement, actOf(draft));
}

/** What somebody does in an engagement. @param form went through the check of its token */
export async function post(found: Visit, path: string, form: Record<string, string>): Promise<void> {
  const { call, app, portal, session, engagement, book } = found;
  const { request, response } = call;
  const id = engagement.engagement;
  const auditor = session.engagement !== undefined;
  requireOpen(engagement);
  switch (path) {
    case 'requests': {
      if (!auditor) throw outside();
      const control = form.control?.trim() ?? '';
      const text = textOf(form.text);
      await say(
        found,
        requestAct({ text, ...(control === '' ? {} : { control: controlOf(found, control) }) }),
      );
      return redirect(response, `/portal/e/${id}/requests`);
    }
    case 'requests/reply': {
      if (auditor) throw outside();
      const of = form.request ?? '';
      // Of another engagement, it would be a reply that nobody sees.
      if (!requestsOf(actsOf(book)).some(({ record_id }) => record_id === of)) throw outside();
      await say(found, replyAct({ text: textOf(form.text), request: of }));
      return redirect(response, `/portal/e/${id}/requests`);
    }
    case 'pack': {
      if (portal.packs.mayMake(id)) {
        await record(app, session, {
          ...{ type: 'access', kind: 'pack asked for', engagement: id },
          message: 'a pack was asked for',
        });
        portal.packs.make(id);
      }
      return redirect(response, `/portal/e/${id}/pack`);
    }
    case 'link': {
      if (!session.roles.some((role) => role === 'approver' || role === 'administrator')) throw outside();
      const made = await makeLink(app, portal, { engagement: id }, session.actor);
      const page = await teamPage(app, portal, session, 'lead', { engagement: id, ...made });
      return sendPage(request, response, 200, page);
    }
    default:
      return postQuestion(found, path, form);
  }
}

/** The pack, as it was made: its digest is on record before the first byte goes out. */
export async function download(
  { call, app, portal, session, engagement }: Visit,
  beside?: 'pack/record' | 'pack/proof',
): Promise<void> {
  const id = engagement.engagement;
  const made = portal.packs.of(id);
  if (made?.state !== 'made') throw new ExhibitError('NOT_FOUND', 'there is no pack yet');
  if (beside !== undefined) return sendBeside(call, made.file, id, beside);
  await record(app, session, {
    ...{ type: 'access', kind: 'pack downloaded', engagement: id },
    message: `a pack was downloaded: ${made.digest}`,
    details: { pack: made.digest, bytes: made.bytes },
  });
  await sendFile(call, made.file, { type: 'application/zip', bytes: made.bytes, name: `${id}.zip` });
}

/** All rows of an answer: their digest is on record before the first byte goes out. */
export async function downloadAnswer(
  { call, app, session, engagement }: Visit,
  { state, id, out }: Question,
): Promise<void> {
  if (state.state !== 'answered') throw outside();
  const { csv, answer } = state.facts;
  await record(app, session, {
    ...{ type: 'access', kind: 'answer downloaded', engagement: engagement.engagement },
    message: `the rows of an answer were downloaded: ${csv.digest}`,
    details: { ...csv, answer: id, rows: answer.row_count, result_digest: answer.result_digest },
  });
  const name = `${engagement.engagement}-${answer.query.name}.csv`;
  await sendFile(call, join(out, CSV), { type: 'text/csv; charset=utf-8', bytes: csv.bytes, name });
}

/** @param name letters, digits and dashes */
async function sendFile(
  { response }: Call,
  file: string,
  { type, bytes, name }: { type: string; bytes: number; name: string },
): Promise<void> {
  const stream = createReadStream(file);
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  response.writeHead(200, {
    ...HEADERS,
    'content-type': type,
    'content-length': bytes,
    'content-disposition': `attachment; filename="${name}"`,
  });
  await pipeline(stream, response);
}

/** The record that says the digest of the pack, or its proof: with them a verifier knows that this very pack is on record. */
async function sendBeside({ response }: Call, file: string, id: string, what: 'pack/record' | 'pack/proof') {
  const end = what === 'pack/record' ? 'record.json' : 'tlog-proof';
  const bytes = await readFile(`${file}.${end}`).catch(() => undefined);
  if (bytes === undefined) throw new ExhibitError('NOT_FOUND', 'the pack is on no record');
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'application/octet-stream',
    'content-length': bytes.length,
    'content-disposition': `attachment; filename="${id}.zip.${end}"`,
  });
  response.end(bytes);
}
