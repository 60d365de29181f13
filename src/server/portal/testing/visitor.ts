import { request } from 'node:http';

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Somebody with a browser: keeps cookies, follows nothing by itself. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send('GET', path, headers);
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    return this.#send(
      'POST',
      path,
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    );
  }

  /** Opens a link of the portal, and presses its button. */
  async enter(link: string): Promise<Answer> {
    const { pathname } = new URL(link);
    const page = await this.get(pathname);
    return this.post('/portal/link', { form: fieldOf(page.body, 'form'), link: fieldOf(page.body, 'link') });
  }

  /** Asks until the page is there, not what is done meanwhile. */
  async ready(path: string): Promise<Answer> {
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await this.get(path);
      if (answer.status !== 202) return answer;
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    throw new Error(`${path} does not get ready`);
  }

  #send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const { hostname, port } = new URL(this.#url());
    return new Promise((resolve, reject) => {
      const asked = request(
        // The path goes as it is: an attacker's client does not normalise it.
        { hostname, port, method, path, headers: { ...(cookie === '' ? {} : { cookie }), ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
            const { statusCode = 0 } = response;
            resolve({
              status: statusCode,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/Max-Age=0/.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Value of a hidden field of a page. */
export function fieldOf(page: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
}
