import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  addedSchema,
  expiringFrom,
  formOf,
  MOST_BYTES,
  manualItems,
  mediaType,
  recordAct,
  safeName,
  secretLines,
} from '../../audit/index.ts';
import { dayOf, ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { sentence } from '../terminal/table.ts';
import { bounded, checkDay, draft, type PlaceFlags, splitControls, splitSystems } from './common.ts';
import { type ReviewFlags, reviewDraft } from './review.ts';
import { show } from './show.ts';

/** What an item is about. */
interface About {
  framework: string;
  control: string;
  ai_system: string | undefined;
}

export interface AddFlags extends PlaceFlags, Partial<ReviewFlags> {
  attest?: string;
  control: string[];
  title: string;
  validUntil: string;
  /** Ids of AI systems: what is added is about each of them. */
  aiSystem: string[];
  supersedes?: string;
  /** Keep a text in which lines look as if they held a credential. */
  despiteSecrets?: boolean;
}

/**
 * Adds a file or a text as evidence of controls, one record a control and AI system, and shows it.
 * @throws ExhibitError USAGE, NOT_FOUND, LEDGER_...
 */
export async function add(file: string | undefined, flags: AddFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const controls = splitControls(flags.control);
  const systems = splitSystems(flags.aiSystem);
  const title = bounded('--title', flags.title, 300);
  const today = dayOf(context.clock());
  const valid_until = checkDay('--valid-until', flags.validUntil);
  if (valid_until < today)
    throw new ExhibitError('USAGE', `--valid-until ${valid_until} is over: it would be stale from the start`);
  if ((flags.verdict === undefined) !== (flags.reviewer === undefined))
    throw new ExhibitError('USAGE', "--verdict and --reviewer go together: a verdict is somebody's");
  const { bytes, form, name } = await content(file, flags.attest, context);
  const secrets = secretLines(bytes);
  if (secrets.length > 0) {
    const where = `${secrets.length === 1 ? 'line' : 'lines'} ${secrets.slice(0, 5).join(', ')}${secrets.length > 5 ? ` and ${secrets.length - 5} more` : ''}`;
    const told = `${where} of the text may hold a credential, and what is recorded stays`;
    if (flags.despiteSecrets !== true)
      throw new ExhibitError('USAGE', told, {
        hint: 'Take it out, or give --despite-secrets where it is none.',
      });
    context.stderr.write(sentence(`warning: ${told}`, context.stderr));
  }
  const about: About[] = controls.flatMap((control) =>
    systems.map((ai_system) => ({ ...control, ai_system })),
  );
  const by = actorHere(folder, flags.as, context.random);
  const reviewed =
    flags.reviewer === undefined || flags.verdict === undefined
      ? undefined
      : { reviewer: flags.reviewer, verdict: flags.verdict };
  const ledger = await openWriter(folder, context);
  try {
    if (flags.supersedes !== undefined) await mustReplace(ledger, flags.supersedes, about);
    const digest = await ledger.putBlob(bytes);
    const added = new Set<string>();
    for (const { framework, control, ai_system } of about) {
      const details = addedSchema.parse({
        kind: 'manual added',
        ...{ framework, control, title, form },
        ...(name === undefined ? {} : { name }),
        media_type: mediaType(bytes),
        bytes: bytes.length,
        digest,
        valid_until,
        expiring_from: expiringFrom(valid_until),
        ...(secrets.length === 0 ? {} : { secrets_seen: secrets.length }),
        ...(ai_system === undefined ? {} : { ai_system }),
        ...(flags.supersedes === undefined ? {} : { supersedes: flags.supersedes }),
      });
      // Before the first record: a review that is refused leaves nothing behind.
      if (reviewed !== undefined)
        reviewDraft({ record_id: '', added_by: by, ...details }, reviewed, folder, context);
      const { record_id } = await recordAct(
        ledger,
        draft(details, `manual evidence of ${framework}/${control}: ${title}`, by, context),
      );
      added.add(record_id);
      if (reviewed === undefined) continue;
      await recordAct(
        ledger,
        reviewDraft({ record_id, added_by: by, ...details }, reviewed, folder, context),
      );
    }
    await remember(ledger, context);
    await show(ledger, ({ record_id }) => added.has(record_id), today, flags.output, context);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

async function content(file: string | undefined, attest: string | undefined, context: Context) {
  if ((file === undefined) === (attest === undefined))
    throw new ExhibitError('USAGE', 'give a file, or a text with --attest');
  if (attest !== undefined)
    return {
      bytes: new TextEncoder().encode(bounded('--attest', attest, 16_000)),
      form: 'attestation' as const,
      name: undefined,
    };
  const path = resolve(context.cwd, file ?? '');
  const bytes = await readBounded(path);
  return { bytes, form: formOf(mediaType(bytes)), name: safeName(path) };
}

/** A plain file of a bounded size; not what a device or a pipe gives without end. */
async function readBounded(path: string): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, location: { file: path } });
  });
  try {
    const stat = await handle.stat();
    const refuse = (why: string) => new ExhibitError('USAGE', why, { location: { file: path } });
    if (!stat.isFile()) throw refuse('that is no file');
    if (stat.size === 0) throw refuse('the file is empty: it shows nothing');
    if (stat.size > MOST_BYTES) throw refuse(`the file has ${stat.size} bytes; ${MOST_BYTES} are the most`);
    // It may grow meanwhile.
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await handle.read(bytes, 0, stat.size, 0);
    if (bytesRead !== stat.size) throw refuse('the file changed while it was read');
    return bytes;
  } finally {
    await handle.close();
  }
}

async function mustReplace(
  ledger: Parameters<typeof manualItems>[0],
  id: string,
  about: readonly About[],
): Promise<void> {
  const before = (await manualItems(ledger)).find(({ record_id }) => record_id === id);
  if (before === undefined)
    throw new ExhibitError('NOT_FOUND', `there is no manual evidence ${id} to replace`);
  const [only, ...others] = about;
  if (others.length > 0 || only?.framework !== before.framework || only.control !== before.control)
    throw new ExhibitError(
      'USAGE',
      `${id} is of ${before.framework}/${before.control}: what replaces it is of that control`,
    );
  // What one system has does not make what another lacks.
  if (only.ai_system !== before.ai_system)
    throw new ExhibitError(
      'USAGE',
      `${id} ${before.ai_system === undefined ? 'names no AI system' : `is of the AI system ${JSON.stringify(before.ai_system)}`}: what replaces it is of the same`,
    );
  if (before.replaced_by !== undefined)
    throw new ExhibitError('USAGE', `${id} was replaced by ${before.replaced_by}: replace that one`);
}
