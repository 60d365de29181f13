import {
  auditDraft,
  closingDraft,
  controlIn,
  type Engagement,
  engagementActs,
  engagementDraft,
  listEngagements,
  parseScope,
  periodEnd,
  readEngagement,
  recordActs,
  replyAct,
  requestAct,
  requestsOf,
  requireOpen,
  sourceHere,
} from '../../audit/index.ts';
import { query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant, shellWord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { folderOf, placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { instantOf } from '../instant.ts';
import { writing } from '../ledger/memory.ts';
import { withSource } from '../query/source.ts';
import { inertJson } from '../terminal/json.ts';
import { actorOf, type PlaceFlags } from './flags.ts';
import { type EngagementDocument, engagementsSchema } from './schema.ts';
import { engagementText, listText } from './text.ts';

const MOST_TEXT = 8_000;

export interface OpenFlags extends PlaceFlags {
  framework: string;
  from: string;
  to: string;
  auditor: string;
  expires?: string;
}

const USUAL_DAYS = 90;

/**
 * Opens an engagement. @throws ExhibitError USAGE for a scope that is none, or a framework that the log does not know
 */
export async function open(flags: OpenFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const scope = parseScope(flags);
  const expires =
    instantOf('--expires', flags.expires, '23:59:59.999Z') ?? context.clock() + USUAL_DAYS * DAY_MILLISECONDS;
  const { made, origin } = await writing(folder, context, async (ledger) => {
    await knownFramework(ledger, scope.framework);
    const { size, root } = await ledger.checkpoint();
    const { engagement, draft } = engagementDraft(
      {
        scope,
        expires,
        auditor: actorReference(folder, bounded('--auditor', flags.auditor), context.random),
        opened_by: actorOf(folder, flags, context),
        at_opening: { size, root },
        period_end: await periodEnd(ledger, scope),
      },
      context,
    );
    await recordActs(ledger, [draft]);
    return { made: await readEngagement(ledger, engagement, context.clock()), origin: ledger.origin };
  });
  print([made], origin, flags, context, (one) => engagementText(one, [], [], context.stdout));
  return EXIT.ok;
}

export async function list(flags: PlaceFlags, context: Context): Promise<ExitCode> {
  const { found, origin } = await withSource(placeOf(flags, context), flags, context, async (source) => ({
    found: await listEngagements(source, context.clock()),
    origin: source.reader.origin,
  }));
  const generated = tellGenerated(origin, flags.output, context);
  if (flags.output === 'json') printJson(found, generated, context);
  else context.stdout.write(listText(found, context.stdout));
  return EXIT.ok;
}

export async function show(id: string, flags: PlaceFlags, context: Context): Promise<ExitCode> {
  await withSource(placeOf(flags, context), flags, context, async (source) => {
    const engagement = await readEngagement(source.reader, id, context.clock());
    const acts = await engagementActs(source, engagement);
    const generated = tellGenerated(source.reader.origin, flags.output, context);
    if (flags.output === 'json')
      printJson([{ ...engagement, acts, requests: requestsOf(acts) }], generated, context);
    else context.stdout.write(engagementText(engagement, acts, requestsOf(acts), context.stdout));
  });
  return EXIT.ok;
}

export async function close(
  id: string,
  flags: PlaceFlags & { reason: string },
  context: Context,
): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const { closed, origin } = await writing(folder, context, async (ledger) => {
    const engagement = await readEngagement(ledger, id, context.clock());
    requireOpen(engagement);
    const actor = actorOf(folder, flags, context);
    await recordActs(ledger, [
      closingDraft(engagement, bounded('--reason', flags.reason), { ...context, actor }),
    ]);
    return { closed: await readEngagement(ledger, id, context.clock()), origin: ledger.origin };
  });
  print([closed], origin, flags, context, (one) => engagementText(one, [], [], context.stdout));
  return EXIT.ok;
}

/** A request of the auditor, or a reply of the team to one. */
export async function say(
  id: string,
  said: { text: string; control?: string; request?: string },
  flags: PlaceFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const text = bounded('the text', said.text);
  await writing(folder, context, async (ledger) => {
    const engagement = await readEngagement(ledger, id, context.clock());
    requireOpen(engagement);
    if (said.request !== undefined) {
      const requests = requestsOf(await engagementActs(sourceHere(ledger), engagement));
      if (!requests.some(({ record_id }) => record_id === said.request))
        throw new ExhibitError('NOT_FOUND', 'this engagement has no request of that id', {
          hint: `exhibit engagement show ${id} --evidence ${shellWord(flags.evidence ?? folder)}: it lists its requests.`,
        });
    }
    const { request } = said;
    const { framework } = engagement;
    const control =
      said.control === undefined
        ? undefined
        : controlIn(framework, said.control.trim(), await controlsOf(ledger, framework));
    const act =
      request === undefined
        ? requestAct({ text, ...(control === undefined ? {} : { control }) })
        : replyAct({ text, request });
    await recordActs(ledger, [
      auditDraft({ ...act, engagement: id, actor: actorOf(folder, flags, context) }, context),
    ]);
  });
  return show(id, flags, context);
}

/** An engagement over a framework that nothing names would answer with nothing, which reads like good news. */
async function knownFramework(reader: LedgerReader, framework: string): Promise<void> {
  const known = new Set((await namedControls(reader)).map((one) => one.framework));
  if (known.has(framework)) return;
  const names = [...known].sort().join(', ');
  throw new ExhibitError('USAGE', `no policy of this log supports a control of ${framework}`, {
    hint: names === '' ? 'The log has no control map yet: judge with a bundle first.' : `It has: ${names}.`,
  });
}

/** Controls that the frameworks of the log list, and those that a control map of it names. */
async function namedControls(reader: LedgerReader): Promise<{ framework: string; control: string }[]> {
  const answers = [
    await query(reader, { name: 'framework-controls' }),
    await query(reader, { name: 'control-links' }),
  ];
  return answers.flatMap(({ columns, rows }) => {
    const at = (name: string) => columns.findIndex((column) => column.name === name);
    const [framework, control] = [at('framework'), at('control')];
    return rows.flatMap((row) =>
      row[framework] == null ? [] : [{ framework: String(row[framework]), control: String(row[control]) }],
    );
  });
}

/** Ids of the controls of one framework. */
async function controlsOf(reader: LedgerReader, framework: string): Promise<string[]> {
  const own = (await namedControls(reader)).filter((one) => one.framework === framework);
  return [...new Set(own.map(({ control }) => control))];
}

/** @throws ExhibitError USAGE */
function bounded(what: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= MOST_TEXT) return trimmed;
  throw new ExhibitError(
    'USAGE',
    `${what} has ${trimmed.length} characters; 1 to ${MOST_TEXT} are taken`,
    {},
  );
}

function print(
  found: readonly Engagement[],
  origin: string,
  flags: PlaceFlags,
  context: Context,
  text: (engagement: Engagement) => string,
): void {
  const generated = tellGenerated(origin, flags.output, context);
  if (flags.output === 'json') printJson(found, generated, context);
  else context.stdout.write(found.map(text).join('\n'));
}

function printJson(
  engagements: readonly EngagementDocument['engagements'][number][],
  generated: { generated?: string },
  { stdout, clock }: Context,
): void {
  const document = { schemaVersion: 1, ...generated, as_of: formatInstant(clock()), engagements };
  // What is not in the published shape is left out here, not handed on.
  stdout.write(`${inertJson(engagementsSchema.parse(document), 2)}\n`);
}
