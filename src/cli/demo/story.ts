import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExhibitError } from '../../record/index.ts';
import type { Execute } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { makeFolder } from '../policy/folder.ts';
import { programName } from '../program-name.ts';
import { attack } from './attack.ts';
import { ask, closeDays, prove } from './audit.ts';
import { engage } from './engage.ts';
import { setUp, week } from './gate.ts';
import { writePage } from './page.ts';
import { Stage } from './stage.ts';

/** Where `demo --serve` listens, unless told otherwise. */
const PORTAL = 'http://127.0.0.1:8380/portal/';

/**
 * The main job, told once: policies become a signed bundle, a gate judges a working week, every verdict is sealed, the
 * days are closed, a question is answered and the answer checked by a program that shares no code with the writer.
 * @throws ExhibitError when any step is not what it should be
 */
export async function tell(folder: string, execute: Execute, context: Context): Promise<ExitCode> {
  const target = resolve(context.cwd, folder);
  await makeFolder(dirname(target));
  const stage = new Stage(target, execute, context);
  stage.say('Exhibit: from a policy to an answer that an auditor can verify');
  stage.say('A week of a shop that does not exist, by the real program, in about a minute.');
  try {
    await setUp(stage);
    await week(stage);
    await closeDays(stage);
    const answers = await ask(stage);
    await prove(stage);
    await engage(stage);
    await attack(stage);
    await writePage(stage, answers);
  } catch (error) {
    if (error instanceof ExhibitError) throw error;
    throw new ExhibitError('INTERNAL', 'the demo stopped', { cause: error });
  }
  stage.say();
  stage.say('All steps were as they should be. All that was made, as a page:');
  stage.say(`  ${pathToFileURL(join(target, 'index.html')).href}`);
  stage.say(`Next, a generated year in its portal, at ${PORTAL}`);
  stage.say(`  ${programName(context.cwd)} demo --serve`);
  return EXIT.ok;
}
