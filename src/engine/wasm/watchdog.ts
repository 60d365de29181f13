import { createContext, Script } from 'node:vm';
import { ExhibitError } from '../../record/index.ts';

/**
 * Runs a synchronous job in this thread and ends it when it takes too long, also inside a WebAssembly loop: a timer
 * thread of V8 interrupts it. That costs about 0.1 ms a call and no start-up, where a worker thread costs 30 ms.
 * What the job was changing may be half done afterwards, so the caller drops it.
 *
 * @throws ExhibitError ENGINE_TIMEOUT, or whatever the job throws
 */
export type Watchdog = <T>(milliseconds: number, job: () => T) => T;

export function createWatchdog(): Watchdog {
  const slot: { job: () => unknown } = { job: () => undefined };
  const context = createContext(slot);
  const script = new Script('job()');
  return <T>(milliseconds: number, job: () => T): T => {
    slot.job = job;
    try {
      return script.runInContext(context, { timeout: milliseconds, breakOnSigint: false }) as T;
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new ExhibitError('ENGINE_TIMEOUT', `stopped after ${milliseconds} ms`);
    } finally {
      slot.job = () => undefined;
    }
  };
}
