import { Connection } from './connection.ts';

/** One step of a patch; where a `test` does not hold, none of the steps is done. @see RFC 6902 */
export interface JsonPatchStep {
  op: 'test' | 'add';
  /** A JSON pointer, RFC 6901. */
  path: string;
  value: unknown;
}

export type JsonPatch = readonly JsonPatchStep[];

/** A connection that may change what is there. Apart, so that what only reads cannot. */
export class ChangingConnection extends Connection {
  /**
   * @param what is changed, for messages
   * @param path of one object
   * @returns the object as it is now
   * @throws ExhibitError CLUSTER_FAILED, with details.status 422 where a test did not hold; CLUSTER_DENIED
   */
  async patch(what: string, path: string, steps: JsonPatch, signal: AbortSignal): Promise<unknown> {
    const body = {
      method: 'PATCH',
      type: 'application/json-patch+json',
      text: JSON.stringify(steps),
    } as const;
    return this.whole(what, await this.ask(what, path, signal, body));
  }
}
