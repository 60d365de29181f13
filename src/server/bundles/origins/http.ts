import { readFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import type { HttpSetting } from '../../bundle-settings.ts';
import { causeOf, notThere, originFault, readAll, tooLong } from './faults.ts';
import type { Bounds, Found, OriginKind } from './types.ts';

/** From the end of one long poll to the next, seconds; also how often a server that is away is asked. */
const PAUSE = 1;

/**
 * A server of bundles that speaks OPA's Bundle Service API, such as another `exhibit server`: the request is held until there is a new
 * bundle, where the server can do that.
 */
export const http: OriginKind = ({ http: setting }) =>
  setting === undefined
    ? undefined
    : {
        name: setting.url,
        folder: undefined,
        every: setting.wait_seconds === 0 ? setting.poll_seconds : PAUSE,
        read: (since, bounds) => readOne(setting, since, bounds),
        close() {},
      };

async function readOne(
  setting: HttpSetting,
  since: string | undefined,
  { bytes: limit, signal }: Bounds,
): Promise<Found | 'unchanged'> {
  const name = setting.url;
  const headers = await headersOf(setting, since);
  const ca = setting.ca_file === undefined ? undefined : await readSecret(setting.ca_file, 'authority', name);
  try {
    const response = await answerTo(new URL(name), { headers, ca, signal });
    const { statusCode: status = 0, headers: said } = response;
    if (status === 304 && since !== undefined) {
      response.destroy();
      return 'unchanged';
    }
    if (status !== 200) {
      response.destroy();
      throw fault(name, status);
    }
    if (Number(said['content-length'] ?? 0) > limit) {
      response.destroy();
      throw tooLong(name, limit);
    }
    return { bytes: await readAll(response, limit, name), tag: said.etag };
  } catch (error) {
    if (isExhibitError(error)) throw error;
    throw originFault(name, causeOf(error), {
      cause: error,
      again: true,
      hint: 'The last good bundle is used until it answers.',
    });
  }
}

async function headersOf(
  { url, token_file, wait_seconds }: HttpSetting,
  since: string | undefined,
): Promise<Record<string, string>> {
  // Read each time: a token of a service account is replaced every hour.
  const token = token_file === undefined ? undefined : await readSecret(token_file, 'token', url);
  return {
    accept: 'application/gzip, application/vnd.openpolicyagent.bundles',
    ...(token === undefined ? {} : { authorization: `Bearer ${token.trim()}` }),
    ...(since === undefined ? {} : { 'if-none-match': since }),
    // Only who has a bundle can wait for another one.
    ...(since === undefined || wait_seconds === 0
      ? {}
      : { prefer: `modes=snapshot;wait=${Math.ceil(wait_seconds)}` }),
  };
}

async function readSecret(file: string, what: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('BUNDLE_ORIGIN', `the bundle cannot be read from ${name}: no ${what} in ${file}`, {
      cause,
      location: { file },
      hint: `Put the ${what} there, readable for the server.`,
    });
  }
}

interface Sent {
  headers: Record<string, string>;
  ca: string | undefined;
  signal: AbortSignal;
}

/** One request. A redirect is an answer like any other: the token is for the server that was named. */
function answerTo(url: URL, { headers, ca, signal }: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest =
      url.protocol === 'https:'
        ? secure(url, { headers, signal, ...(ca === undefined ? {} : { ca }) }, resolve)
        : plain(url, { headers, signal }, resolve);
    asked.once('error', reject);
    asked.end();
  });
}

function fault(name: string, status: number): Error {
  if (status === 404) return notThere(name, 'Look at the name of the bundle at the end of the address.');
  if (status === 401 || status === 403)
    return originFault(name, `${status}: access is denied`, {
      hint: 'http.token_file holds the token that the server there knows.',
    });
  if (status >= 300 && status < 400)
    return originFault(name, `${status}: it points elsewhere, which is not followed`, {
      hint: 'Name the place itself.',
    });
  return originFault(name, String(status), {
    again: status === 429 || status >= 500,
    hint: 'The last good bundle is used until it answers.',
  });
}
