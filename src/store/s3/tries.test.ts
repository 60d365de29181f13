import { describe, expect, it } from 'vitest';
import { isPassing, withTries } from './tries.ts';

const answer = (status: number, name = 'Answer') =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
const patience = { tries: 3, seconds: 5, pause: 0, jitter: () => 0 };

describe('tries', () => {
  it('are made again after what may pass, and not after what stays', () => {
    for (const error of [
      answer(500),
      answer(503, 'SlowDown'),
      answer(429),
      answer(400, 'RequestTimeout'),
      answer(409, 'ConditionalRequestConflict'),
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
      Object.assign(new Error('x'), { name: 'TimeoutError' }),
    ])
      expect(isPassing(error)).toBe(true);
    for (const error of [
      answer(403, 'AccessDenied'),
      answer(404, 'NoSuchKey'),
      answer(412, 'PreconditionFailed'),
      answer(301, 'PermanentRedirect'),
      Object.assign(new Error('x'), { name: 'CredentialsProviderError' }),
      new Error('Region is missing'),
    ])
      expect(isPassing(error)).toBe(false);
  });

  it('end with the last error', async () => {
    let made = 0;
    const failing = async () => {
      made += 1;
      throw answer(500, `Try${made}`);
    };
    await expect(withTries(failing, patience)).rejects.toThrow('Try3');
    expect(made).toBe(3);
  });

  it('look up what a lost answer did, also after the last, and do it once', async () => {
    for (const lost of [1, 3]) {
      const done: number[] = [];
      let made = 0;
      const write = async (): Promise<string> => {
        made += 1;
        if (made === lost) done.push(made);
        throw answer(500);
      };
      const look = async () => (done.length > 0 ? `written by try ${done.join()}` : undefined);
      expect(await withTries(write, patience, look)).toBe(`written by try ${lost}`);
      expect(made).toBe(lost);
    }
  });
});
