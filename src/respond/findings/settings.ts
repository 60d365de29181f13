import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { CODEOWNERS_FILES, type Files } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { readCatalogue } from './catalogue.ts';
import { DEFAULT_CONFIG, type RespondConfig, respondSchema } from './config.ts';
import { type OwnerSources, repositoryName } from './owner.ts';

export const RESPOND_FILE = 'respond.yaml';

export interface RespondSettings {
  config: RespondConfig;
  sources: OwnerSources;
  /** Paths of the configuration are relative to it. */
  folder: string;
}

/**
 * The configuration, with the files that it names.
 * @param file `respond.yaml` of the working folder where it is not given; without that the defaults hold
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID with the line
 */
export function respondSettings(file: string | undefined, { cwd }: { cwd: string }): RespondSettings {
  const path = resolve(cwd, file ?? RESPOND_FILE);
  const folder = dirname(path);
  const config = file === undefined && !existsSync(path) ? DEFAULT_CONFIG : readConfig(path);
  const { catalogues, repositories } = config.owners;
  return {
    config,
    folder,
    sources: {
      services: catalogues.flatMap((each) => readCatalogue(resolve(folder, each))),
      repositories: new Map(
        repositories.map((each) => [
          repositoryName(each.repository),
          ownerFiles(resolve(folder, each.folder)),
        ]),
      ),
    },
  };
}

function readConfig(file: string): RespondConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the configuration ${file}`, {
      cause,
      location: { file },
      hint: 'docs/how-to/respond.md shows one.',
    });
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: '1.2' });
  const refuse = (message: string, offset: number | undefined) => {
    const place = offset === undefined ? undefined : lineCounter.linePos(offset);
    return new ExhibitError('CONFIG_INVALID', message, {
      location: { file, ...(place === undefined ? {} : { line: place.line, column: place.col }) },
      hint: 'schemas/respond.schema.json says what it may hold.',
    });
  };
  const [fault] = document.errors;
  if (fault !== undefined) throw refuse(fault.message.split('\n')[0] ?? 'not YAML', fault.pos[0]);
  const parsed = respondSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    for (let length = path.length; ; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (length > 0 && !isNode(node)) continue;
      const offset = isNode(node) ? node.range?.[0] : undefined;
      const name = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
      throw refuse(`${name}${issue?.message ?? 'wrong'}`, offset);
    }
  }
  const names = new Set(parsed.data.channels.map(({ name }) => name));
  const unknown = parsed.data.escalation.flatMap(({ notify }) => notify).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw refuse(`escalation names the channel ${unknown}, which is not there`, undefined);
  return parsed.data;
}

/** @throws ExhibitError CONFIG_INVALID for a checkout without the file: nobody would be its owner */
function ownerFiles(folder: string): Files {
  const found = CODEOWNERS_FILES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 0)
    return new Map(found.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  const what = existsSync(folder) && readdirSync(folder).length > 0 ? 'has no CODEOWNERS' : 'is not there';
  throw new ExhibitError('CONFIG_INVALID', `owners.repositories: ${folder} ${what}`, {
    location: { file: folder },
    hint: 'Name a checkout of the repository.',
  });
}
