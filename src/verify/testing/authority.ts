import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertificateShape {
  /** Lines of the extensions, as openssl writes them. */
  extensions?: string;
  /** YYYYMMDDHHMMSSZ */
  from?: string;
  until?: string;
  serial?: string;
  /** Name of the certificate that issues it; default: the root. */
  issuer?: string;
  /** Uses the key of another one. */
  key?: string;
  /** Its common name; default: `Test` and the name. */
  subject?: string;
}

export const STAMPS_ONLY = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n';
export const POLICY = '1.3.6.1.4.1.99999.1';

/** A time-stamping authority for tests, made by OpenSSL: a root, certificates of any shape, and answers by `openssl ts`. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'exhibit-tsa-'));
  readonly #kind: 'ec' | 'rsa';
  #server: Server | undefined;
  /** Stands in for the answer over HTTP. */
  alter: ((answer: Buffer) => { status?: number; type?: string; body: Buffer }) | undefined;
  /** How often it was asked. */
  asked = 0;

  constructor(kind: 'ec' | 'rsa', { essAlgorithm = 'sha256' } = {}) {
    this.#kind = kind;
    this.#key('root');
    this.ssl(
      'req',
      '-x509',
      '-new',
      '-key',
      'root.key',
      '-out',
      'root.pem',
      '-days',
      '3650',
      '-subj',
      '/CN=Test root',
    );
    this.certificate('tsa', { extensions: STAMPS_ONLY });
    this.file('serial', '01\n');
    this.file(
      'ts.cnf',
      [
        '[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=root.pem\nsigner_key=tsa.key',
        `signer_digest=sha256\ndefault_policy=${POLICY}\nother_policies=1.3.6.1.4.1.99999.2\ndigests=sha1,sha256\naccuracy=secs:1,millisecs:500`,
        `ordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=${essAlgorithm}\n`,
      ].join('\n'),
    );
  }

  get root(): string {
    return readFileSync(join(this.folder, 'root.pem'), 'utf8');
  }

  file(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  ssl(...args: string[]): Buffer {
    return execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Makes NAME.key and NAME.pem. */
  certificate(name: string, shape: CertificateShape): void {
    const {
      extensions = '',
      from = '20200101000000Z',
      until = '20991231000000Z',
      issuer = 'root',
      key = name,
    } = shape;
    if (key === name) this.#key(name);
    this.ssl(
      'req',
      '-new',
      '-key',
      `${key}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${shape.subject ?? `Test ${name}`}`,
    );
    this.file(`${name}.ext`, extensions === '' ? 'subjectKeyIdentifier=hash\n' : extensions);
    this.file('index', '');
    this.file('index.attr', 'unique_subject=no\n');
    this.file(
      'ca.serial',
      `${
        shape.serial ??
        Math.floor(Math.random() * 1e12)
          .toString()
          .padStart(14, '1')
      }\n`,
    );
    this.file(
      'ca.cnf',
      '[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=ca.serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n',
    );
    this.ssl(
      ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.pem`],
      ...['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`, '-extfile', `${name}.ext`],
      ...['-startdate', from, '-enddate', until],
    );
  }

  #key(name: string): void {
    const kind =
      this.#kind === 'ec'
        ? ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
        : ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
    this.ssl('genpkey', ...kind, '-out', `${name}.key`);
  }

  /** The answer of `openssl ts` to a query. */
  answer(query: Uint8Array): Buffer {
    this.asked += 1;
    const [asked, answered] = [this.file('query.tsq', query), 'answer.tsr'];
    this.ssl('ts', '-reply', '-config', 'ts.cnf', '-queryfile', asked, '-out', answered);
    return this.read(answered);
  }

  /** The token of an answer. */
  token(query: Uint8Array): Buffer {
    this.file('whole.tsr', this.answer(query));
    this.ssl('ts', '-reply', '-in', 'whole.tsr', '-token_out', '-out', 'token.der');
    return this.read('token.der');
  }

  /** The same statement, signed with another certificate: `openssl ts` signs with none that may not, `openssl cms` with any. */
  signedBy(
    name: string,
    token: Uint8Array,
    { carried = name, cades = true, chain = [] as string[] } = {},
  ): Buffer {
    this.file('good.der', token);
    this.ssl(
      'cms',
      '-verify',
      '-noverify',
      '-inform',
      'DER',
      '-in',
      'good.der',
      '-binary',
      '-out',
      'info.der',
    );
    const others = carried === name ? [] : [carried];
    this.file('chain.pem', [...others, ...chain].map((one) => this.read(`${one}.pem`)).join(''));
    const key = this.#keyOf(name);
    this.ssl(
      ...[
        'cms',
        '-sign',
        '-binary',
        '-nodetach',
        '-nosmimecap',
        '-md',
        'sha256',
        '-in',
        'info.der',
        '-outform',
        'DER',
      ],
      ...[
        '-econtent_type',
        '1.2.840.113549.1.9.16.1.4',
        '-signer',
        `${name}.pem`,
        '-inkey',
        key,
        '-out',
        'bad.der',
      ],
      ...(cades ? ['-cades'] : []),
      ...(carried === name ? [] : ['-nocerts']),
      ...(others.length + chain.length === 0 ? [] : ['-certfile', 'chain.pem']),
    );
    return this.read('bad.der');
  }

  #keyOf(name: string): string {
    try {
      this.read(`${name}.key`);
      return `${name}.key`;
    } catch {
      return 'tsa.key';
    }
  }

  /** Answers on this machine. @returns its URL */
  async listen(): Promise<string> {
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (request.headers['content-type'] !== 'application/timestamp-query') {
        response.writeHead(415).end();
        return;
      }
      const answer = this.answer(Buffer.concat(parts));
      const {
        status = 200,
        type = 'application/timestamp-reply',
        body,
      } = this.alter?.(answer) ?? { body: answer };
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
