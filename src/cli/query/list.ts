import { fittingQuestions } from '../../audit/index.ts';
import { checkName, QUERIES } from '../../lake/index.ts';
import { ExhibitError, shellWord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { controlOf } from '../scope/control.ts';
import { sentence } from '../terminal/table.ts';
import type { QueryFlags } from './flags.ts';

/** The saved questions; of a control those that fit it, each with its command. @throws ExhibitError USAGE */
export function list(flags: QueryFlags & { evidence?: readonly string[] }, context: Context): ExitCode {
  const { framework, control } = controlOf(flags);
  if (control === undefined) return listQuestions(context);
  if (framework === undefined)
    throw new ExhibitError('USAGE', 'of which framework is the control?', {
      hint: `Write --control soc2/${control}, or give --framework.`,
    });
  const [evidence = 'evidence'] = flags.evidence ?? [];
  const about = ['--evidence', evidence];
  for (const day of ['from', 'to'] as const) if (flags[day] !== undefined) about.push(`--${day}`, flags[day]);
  const fitting = fittingQuestions(checkName('framework', framework), checkName('control', control));
  for (const { name, question, flags: own } of fitting)
    context.stdout.write(
      `${sentence(question, context.stdout)}  ${['exhibit query', name, ...[...about, ...own].map(shellWord)].join(' ')}\n`,
    );
  return EXIT.ok;
}

function listQuestions(context: Context): ExitCode {
  const out = QUERIES.flatMap(({ name, title, parameters: named }) => [
    name,
    `  ${title}`,
    ...(named.length === 0 ? [] : [`  needs ${named.map((parameter) => parameter.name).join(', ')}`]),
  ]);
  context.stdout.write(`${out.join('\n')}\n`);
  return EXIT.ok;
}
