import { request as https } from 'node:https';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** What a caller of the API server needs to know. */
export interface Access {
  address: string;
  token: string;
  ca: string;
}

export interface Reply {
  status: number;
  /** The object, or the server's Status; a text where it is no JSON. */
  body: unknown;
  /** The texts of the server's `Warning` headers. */
  warnings: string[];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  /** The document as it was written. */
  text: string;
}

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** The objects of a YAML text, each with the part of the text that holds it. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.contents === null) return [];
    const [from, to] = document.contents.range;
    const { apiVersion, kind, metadata } = manifest.parse(document.toJS());
    const { name, namespace } = metadata;
    const place = namespace === undefined ? { name } : { name, namespace };
    return [{ apiVersion, kind, metadata: place, text: text.slice(from, to) }];
  });
}

/** One request; the body is YAML or JSON as it stands. Rejects where there is no answer. */
export function request(
  { address, token, ca }: Access,
  method: string,
  path: string,
  body?: { type: string; text: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = body.type;
    const sent = https(`${address}${path}`, { method, ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: json(Buffer.concat(chunks).toString('utf8')),
          warnings: warningsOf(response.headersDistinct.warning ?? []),
        }),
      );
    });
    sent.once('error', reject);
    sent.end(body?.text);
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The texts of warning headers, each of the form `299 - "text"`, in which a quoted sign has a backslash.
 * @see RFC 7234, section 5.5
 */
export function warningsOf(headers: readonly string[]): string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
      text.replace(/\\(.)/g, '$1'),
    ),
  );
}

const list = z.object({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

/** The paths of objects, as the server's own discovery gives them. */
export function paths(access: Access): (one: Manifest) => Promise<string> {
  const known = new Map<string, z.infer<typeof list>['resources']>();
  return async ({ apiVersion, kind, metadata }) => {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let resources = known.get(base);
    if (resources === undefined) {
      resources = list.parse((await request(access, 'GET', base)).body).resources;
      known.set(base, resources);
    }
    const found = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (found === undefined) throw new Error(`the server has no ${kind} of ${apiVersion}`);
    return found.namespaced
      ? `${base}/namespaces/${metadata.namespace ?? 'default'}/${found.name}`
      : `${base}/${found.name}`;
  };
}

const STRICT = 'fieldValidation=Strict';
const TYPE = 'application/yaml';

/** Asks the server to make an object, as `kubectl create --dry-run=server` does: nothing stays. */
export async function tryCreate(access: Access, at: string, text: string): Promise<Reply> {
  return request(access, 'POST', `${at}?dryRun=All&${STRICT}`, { type: TYPE, text });
}

/** The same for a change of an object that is there. */
export async function tryReplace(access: Access, at: string, name: string, text: string): Promise<Reply> {
  return request(access, 'PUT', `${at}/${encodeURIComponent(name)}?dryRun=All&${STRICT}`, {
    type: TYPE,
    text,
  });
}

/** Server-side apply, as `kubectl apply --server-side` does; throws what the server says where it takes it not. */
export async function apply(access: Access, at: string, { kind, metadata, text }: Manifest): Promise<void> {
  const path = `${at}/${encodeURIComponent(metadata.name)}?fieldManager=exhibit&${STRICT}`;
  const reply = await request(access, 'PATCH', path, { type: 'application/apply-patch+yaml', text });
  if (reply.status > 201)
    throw new Error(`${kind} ${metadata.name}: ${reply.status} ${JSON.stringify(reply.body)}`);
}
