import { DAY_MILLISECONDS, GENERATED, type RecordDraft, uuidv7 } from '../../../record/index.ts';
import { type Act, findingId, responseRecord } from '../../../respond/index.ts';
import { VERSION } from '../../version.ts';
import type { Chance } from './chance.ts';
import { teamOf } from './company.ts';
import type { Plot } from './plot.ts';

/** Somebody says that he saw a finding, some hours after it was found: of most, within a day. */
export function responsesOf(plot: Plot, at: number, chance: Chance): { at: number; record: RecordDraft }[] {
  const midnight = plot.start + at * DAY_MILLISECONDS;
  return plot.conditions.flatMap((condition, number) => {
    const { policy, subject } = condition;
    const own = chance.of(`${number}`);
    // A workload is watched; the cloud account and what is in code are looked at each night.
    const found =
      subject.type === 'workload' && !condition.in_code ? condition.from : nextMorning(condition.from);
    const when = found + (1 + own.below(14)) * 3_600_000;
    const here =
      midnight <= when &&
      when < midnight + DAY_MILLISECONDS &&
      (condition.to === undefined || when < condition.to);
    if (!here || own.is(0.15)) return [];
    const place = {
      environment: subject.environment,
      ...(subject.type === 'workload' ? { cluster: subject.environment } : {}),
    };
    const finding = { policy, subject: subject.id, environment: subject.environment };
    const team = teamOf(subject.name.replace('/api', ''));
    const record = (act: Act, text: string) => {
      const made = responseRecord(
        { ...finding, id: findingId({ policy, subject: subject.id, place }) },
        act,
        {
          ...{ record_id: uuidv7(when, (length) => own.bytes(length)), now: when, tool_version: VERSION },
          text,
        },
      );
      return { at: when, record: { ...made, details: { ...made.details, ...GENERATED } } };
    };
    return [
      record({ action: 'assign', owner: team }, 'Whose it is, as the catalogue of services says.'),
      record({ action: 'acknowledge' }, `Seen by ${team}.`),
    ];
  });
}

const nextMorning = (at: number): number =>
  (Math.floor(at / DAY_MILLISECONDS) + 1) * DAY_MILLISECONDS + 4 * 3_600_000;
