import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExhibitError } from '../../record/index.ts';
import type { Execute } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { makeFolder } from '../policy/folder.ts';
import { attack } from './attack.ts';
import { ask, closeDays, prove } from './audit.ts';
import { engage } from './engage.ts';
import { setUp, week } from './gate.ts';
import { writePage } from './page.ts';
import { Stage } from './stage.ts';

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
  stage.say('All steps were as they should be. Open');
  stage.say(`  ${pathToFileURL(join(target, 'index.html')).href}`);
  stage.say('A generated year with the portal of auditors: exhibit demo --serve');
  return EXIT.ok;
}
