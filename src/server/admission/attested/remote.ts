import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { digestOf } from '../../../policy/index.ts';
import { ExhibitError } from '../../../record/index.ts';
import { readAll } from '../../bundles/origins/faults.ts';
import { type Answer, answerSchema, MOST_ANSWER } from './exchange.ts';
import { keysOf } from './keys.ts';
import { wordsOf } from './ledger.ts';
import type { Opener } from './opener.ts';
import type { AttestationsSetting } from './settings.ts';
import type { AttestationSource, Found } from './source.ts';

type Setting = NonNullable<AttestationsSetting['server']>;
type Env = Readonly<Record<string, string | undefined>>;

/** Attestations in the evidence of another server. What it gives is trusted no more than an annotation: keys of the settings decide. */
export function remoteSource(setting: Setting, opener: Opener, env: Env): AttestationSource {
  return {
    name: 'the evidence server',
    async find(wanted) {
      const found: Found = { summaries: [], faults: [] };
      const noted = (error: unknown) => void found.faults.push(wordsOf(error));
      const answer = await ask(setting, keysOf(wanted), env).catch(noted);
      for (const { digest, envelope } of answer?.attestations ?? []) {
        try {
          const bytes = Buffer.from(envelope, 'base64');
          if (digestOf(bytes) !== digest)
            throw fault(setting, `it gives another envelope than ${digest} names`);
          found.summaries.push({ from: `evidence ${digest}`, summary: opener.open(bytes) });
        } catch (error) {
          noted(error);
        }
      }
      if ((answer?.left_out ?? 0) > 0)
        found.faults.push(
          `it left out ${answer?.left_out} attestations, because its answer would be too long`,
        );
      return found;
    },
  };
}

async function ask(setting: Setting, keys: readonly string[], env: Env): Promise<Answer> {
  const token =
    setting.token_file === undefined
      ? (env.EXHIBIT_TOKEN ?? '')
      : (await readFile(setting.token_file, 'utf8')).trim();
  try {
    const reply = await fetch(new URL('/v1/attestations', setting.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ schemaVersion: 1, keys }),
      redirect: 'error',
      signal: AbortSignal.timeout(setting.milliseconds),
    });
    const bytes = await readAll(reply.body, MOST_ANSWER, setting.url, THING);
    if (!reply.ok) throw fault(setting, `it answers ${reply.status}`);
    return answerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw fault(
      setting,
      cause instanceof z.ZodError ? 'its answer is none of an exhibit server' : wordsOf(cause),
      cause,
    );
  }
}

const THING = { code: 'SERVER_UNREACHABLE', what: 'the answer' } as const;

function fault({ url }: Setting, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('SERVER_UNREACHABLE', `${new URL(url).origin}: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
