import type { Ledger } from '../../../ledger/index.ts';
import { GENERATED } from '../../../record/index.ts';

/**
 * The same ledger, whose records say that they were made up. Not those that the ledger and the lake write about themselves: what they say of this log is
 * true. Ids stay, so what derives one from a record finds it.
 */
export function labelled(ledger: Ledger): Ledger {
  const mark = <T extends { record_type: string; details?: Record<string, unknown> }>(
    records: readonly T[],
  ): T[] =>
    records.map((record) =>
      record.record_type === 'manifest'
        ? record
        : { ...record, details: { ...record.details, ...GENERATED } },
    );
  return new Proxy(ledger, {
    get(target, name) {
      if (name === 'append')
        return (...[emitter, records, options]: Parameters<Ledger['append']>) =>
          target.append(emitter, mark(records), options);
      if (name === 'appendNumbered')
        return (...[records, options]: Parameters<Ledger['appendNumbered']>) =>
          target.appendNumbered(mark(records), options);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
