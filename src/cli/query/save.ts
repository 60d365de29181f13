import { auditDraft, type InLog, keepAnswer, plainDetails, recordAct } from '../../audit/index.ts';
import type { QueryAnswer, QueryRequest } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Within } from '../engagement/within.ts';
import { actorHere } from '../evidence/actors.ts';
import { isServer } from '../evidence/remote.ts';
import { writing } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';
import type { QueryFlags } from './flags.ts';

/** @throws ExhibitError USAGE where the answer could not be recorded in the log that was asked */
export function mustTake(folders: readonly string[]): void {
  const [folder = '', ...others] = folders;
  if (others.length > 0)
    throw new ExhibitError('USAGE', 'an answer over several logs is saved in none of them', {
      hint: 'Ask one log at a time, or leave --save out.',
    });
  if (isS3Url(folder) || isServer(folder))
    throw new ExhibitError('USAGE', '--save writes a record: it needs the folder of the ledger', {
      hint: 'Give --evidence FOLDER; for Trino or Athena, and --location s3://BUCKET/PREFIX.',
    });
}

/** Records an answer in the log it is from. @throws ExhibitError USAGE, LEDGER_... */
export async function saveAnswer(
  folder: string,
  answer: QueryAnswer,
  asked: QueryRequest,
  { save, keepRows, as, within }: Pick<Within<QueryFlags>, 'save' | 'keepRows' | 'as' | 'within'>,
  context: Context,
): Promise<InLog> {
  const name = typeof save === 'string' ? save : answer.query.name;
  return writing(folder, context, async (ledger) => {
    const details = await keepAnswer(ledger, answer, asked, { name, rows: keepRows === true });
    const message = `saved ${name}: ${answer.row_count} rows over ${answer.ledger.size} records, ${
      answer.coverage.complete ? 'complete' : 'not complete'
    }`;
    const { kind, ...rest } = details;
    return recordAct(
      ledger,
      queryDraft({ kind, message, details: rest, engagement: within?.engagement }, folder, as, context),
    );
  });
}

/** The record of what somebody asked. */
export function queryDraft(
  act: { kind: string; message: string; details: object; engagement?: string | undefined },
  folder: string,
  as: string | undefined,
  { clock, random }: Context,
): ReturnType<typeof auditDraft> {
  const { kind, message, details, engagement } = act;
  return auditDraft(
    {
      type: 'query',
      kind,
      message,
      ...(engagement === undefined ? {} : { engagement }),
      details: plainDetails(details),
      actor: actorHere(folder, as, random),
    },
    { clock, random, version: VERSION },
  );
}
