import type { App } from '../../app.ts';
import { refusing } from '../ask.ts';
import type { Asker } from '../record.ts';
import { checkInput } from './input.ts';
import { type CheckAnswer, encodeAnswer, type PlainMessage } from './proto.ts';
import type { Requests } from './requests.ts';

/** Codes of gRPC. @see google/rpc/code.proto */
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;
const ALLOWED = encodeAnswer({ status: { code: 0 }, okResponse: {} });

/**
 * Judges one request that Envoy asks about; its decisions are on disk before the answer. A fault of ours is a denied request, not an
 * error of the call: with `failure_mode_allow` Envoy would let a request through on an error.
 * @returns a CheckResponse
 */
export async function check(
  message: PlainMessage,
  asker: Asker,
  requests: Requests,
  app: App,
): Promise<Buffer> {
  try {
    if (app.stopping()) return denied(503, UNAVAILABLE, { message: 'the server is stopping' });
    const answered = await requests.judge(checkInput(message), asker);
    const [first] = refusing(answered.decisions);
    if (first === undefined) return ALLOWED;
    const { decision_id } = answered.event;
    return first.verdict === 'fail'
      ? denied(403, PERMISSION_DENIED, { decision_id, message: 'denied by policy' })
      : denied(403, PERMISSION_DENIED, { decision_id, message: 'not judged' });
  } catch (error) {
    app.log('error', 'check failed', { message: error instanceof Error ? error.message : String(error) });
    return denied(503, UNAVAILABLE, { message: 'the decision could not be recorded' });
  }
}

/** Why, in full, is on the record: whoever sent the request learns the decision's id. */
function denied(status: number, code: number, said: { decision_id?: string; message: string }): Buffer {
  const answer: CheckAnswer = {
    status: { code, message: said.message },
    deniedResponse: {
      status: { code: status },
      headers: [{ header: { key: 'content-type', value: 'application/json' } }],
      body: `${JSON.stringify(said)}\n`,
    },
  };
  return encodeAnswer(answer);
}
