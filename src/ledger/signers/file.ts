import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { fileError, readSecretFile } from './secret-file.ts';
import { ed25519Bytes } from './spki.ts';
import type { OutsideKey } from './types.ts';

/**
 * An Ed25519 key as PKCS #8 in PEM, as `openssl genpkey -algorithm ed25519` writes it. It is read for each signature, so a
 * mounted secret may come and go.
 */
export function fileKey(path: string): OutsideKey {
  return {
    async publicKey() {
      const spki = createPublicKey(await read(path)).export({ format: 'der', type: 'spki' });
      return ed25519Bytes(spki) ?? refuse(path);
    },
    async sign(message) {
      return sign(null, message, await read(path));
    },
  };
}

async function read(path: string): Promise<KeyObject> {
  const text = await readSecretFile(path, 'the key file');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // What the parser says may hold some of the file.
    return refuse(path);
  }
  return key.asymmetricKeyType === 'ed25519' ? key : refuse(path);
}

function refuse(path: string): never {
  throw fileError(
    path,
    'the key file',
    'is no Ed25519 key in PEM without a passphrase',
    `Make one with: openssl genpkey -algorithm ed25519 -out ${path}`,
  );
}
