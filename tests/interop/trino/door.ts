import { createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../policy/registry.ts';
import { certificatesIn } from '../server/openssl.ts';

/** Who may come in by the door with TLS. */
export const USER = 'auditor';
/** Signs that HTTP and a password file might take for their own. */
export const PASSWORD = 'hunter2:ü "quoted" \\';

/** What a server has in which certificates are renewed. */
export type Certificate = 'good' | 'expired' | 'other_name';

/** Trino's door with TLS, where it wants a password of a file or a token. Its other door, without TLS, stays open to whoever says a name and no password. */
export interface Door {
  /** `https://127.0.0.1:PORT` */
  url: string;
  /** The authority that made its certificate, and one that did not. */
  authority: string;
  stranger: string;
  /** A JSON Web Token. */
  token(claims: { sub: string; exp: number }, key?: Buffer): string;
  /** Puts another certificate in the place of the one that it has; it looks each second. */
  present(certificate: Certificate): void;
  /** Files of `etc`, with their lines. */
  settings: Record<string, string[]>;
}

/** @param folder where its keys are kept */
export async function makeDoor(folder: string): Promise<Door> {
  mkdirSync(folder, { recursive: true });
  const { authority, certificate } = certificatesIn(folder);
  authority('authority');
  authority('stranger');
  certificate('good', 'IP:127.0.0.1', 'authority');
  certificate('expired', 'IP:127.0.0.1', 'authority', '-1');
  certificate('other_name', 'DNS:trino.acme.example', 'authority');
  const at = (name: string) => join(folder, name);
  const present = (name: Certificate) => {
    const both = [`${name}.key`, `${name}.pem`].map((file) => readFileSync(at(file), 'utf8'));
    writeFileSync(at('next'), both.join(''), { mode: 0o600 });
    renameSync(at('next'), at('door.pem'));
  };
  present('good');
  const salt = randomBytes(16);
  const hashed = pbkdf2Sync(PASSWORD, salt, 1_000, 32, 'sha1').toString('hex');
  writeFileSync(at('password.db'), `${USER}:1000:${salt.toString('hex')}:${hashed}\n`, { mode: 0o600 });
  const secret = randomBytes(32);
  writeFileSync(at('jwt.key'), secret.toString('base64'), { mode: 0o600 });
  const port = await freePort();
  return {
    url: `https://127.0.0.1:${port}`,
    authority: at('authority.pem'),
    stranger: at('stranger.pem'),
    token: (claims, key = secret) => jwt(claims, key),
    present,
    settings: {
      'config.properties': [
        'http-server.https.enabled=true',
        `http-server.https.port=${port}`,
        `http-server.https.keystore.path=${at('door.pem')}`,
        'http-server.https.ssl-context.refresh-time=1s',
        'http-server.authentication.type=PASSWORD,JWT',
        'http-server.authentication.allow-insecure-over-http=true',
        `http-server.authentication.jwt.key-file=${at('jwt.key')}`,
        `internal-communication.shared-secret=${randomBytes(32).toString('hex')}`,
      ],
      'password-authenticator.properties': [
        'password-authenticator.name=file',
        `file.password-file=${at('password.db')}`,
      ],
    },
  };
}

function jwt(claims: object, key: Buffer): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
