import type { LogReader } from '../../ledger/index.ts';
import { didYouMean } from '../../record/index.ts';
import type { Bridge } from '../bridge.ts';
import type { ControlName } from '../keys.ts';
import type { PolicyVersion } from '../types.ts';
import { frameworkControls } from './dimensions.ts';
import type { Question } from './question.ts';
import type { Reads } from './scope.ts';
import type { CoverageGap } from './types.ts';

/** Says when nothing can be expected of the control that is asked for: no map names it, or no framework of the log has it at all. */
export async function unknownControl(
  reader: LogReader,
  versions: readonly PolicyVersion[],
  bridge: Bridge,
  { evidence }: Reads,
  { chosen, framework, control, placesDecisions }: Question,
): Promise<CoverageGap[]> {
  if (bridge.rows.some(chosen)) return [];
  const gap = (message: string): CoverageGap[] => [{ kind: 'no_expectation', message }];
  const known =
    framework === undefined && control === undefined ? [] : await frameworkControls(reader, versions);
  if (known.length > 0 && !known.some(chosen)) return gap(unknown({ framework, control }, known));
  if (!evidence || !placesDecisions) return [];
  return gap('no control map in the log names the control: nothing could be expected of it');
}

function unknown(asked: Pick<Question, 'framework' | 'control'>, known: readonly ControlName[]): string {
  const { framework, control } = asked;
  const frameworks = [...new Set(known.map((one) => one.framework))].sort();
  if (framework !== undefined && !frameworks.includes(framework)) {
    return `there is no framework ${framework} in the log; it has ${frameworks.join(', ')}`;
  }
  const controls = known.filter((one) => framework === undefined || one.framework === framework);
  const name = framework === undefined ? control : `${framework}/${control}`;
  const hint = didYouMean(
    control ?? '',
    controls.map((one) => one.control),
  );
  return `there is no control ${name} in the frameworks of the log${hint}`;
}
