import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initLedger, openReader } from '../../../src/ledger/index.ts';
import { buildBundle, generateBundleKey, signBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import type { EvidenceRecord } from '../../../src/record/index.ts';
import type { ApiServer } from './server.ts';

const BIN = join(import.meta.dirname, '../../../src/cli/bin.ts');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder with a bundle of the library, evidence and a kubeconfig, in which the program runs. */
export class Place {
  readonly folder: string;
  readonly #children = new Set<ChildProcess>();
  readonly #keys = generateBundleKey();

  readonly #program: string;

  private constructor(folder: string, program: string) {
    this.folder = folder;
    this.#program = program;
  }

  /** @param program of Exhibit: its sources, or what was built of them */
  static async make(program = BIN): Promise<Place> {
    const place = new Place(await mkdtemp(join(tmpdir(), 'exhibit-watch-')), program);
    await initLedger(place.file('evidence'), {
      origin: 'example.com/watch',
      clock: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    writeFileSync(place.file('bundle.pub.pem'), place.#keys.publicKeyPem);
    return place;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  get env(): Record<string, string | undefined> {
    return {
      ...process.env,
      CI: '',
      EXHIBIT_STATE: this.file('state'),
      EXHIBIT_BUNDLE: this.file('bundle.tar.gz'),
      EXHIBIT_BUNDLE_KEYS: this.file('bundle.pub.pem'),
      EXHIBIT_EVIDENCE: this.file('evidence'),
      KUBECONFIG: this.file('kubeconfig'),
    };
  }

  /** Of the library, signed. @param serial Unix seconds: later ones replace earlier ones @param override one more */
  async bundle(serial: number, override?: string): Promise<void> {
    const policies = this.file(`policies-${serial}`);
    await cp('policies', policies, { recursive: true });
    if (override !== undefined) writeFileSync(join(policies, 'overrides', 'OVR-9.yaml'), override);
    const built = await buildBundle(policies, {
      opa: await keptCompiler(),
      revision: `test-${serial}`,
      revision_time: serial,
    });
    const { tar } = await signBundle(built.files, this.#keys.privateKeyPem, 'bundle');
    writeFileSync(this.file('bundle.tar.gz'), tar);
  }

  /** @param address of a proxy before the server, say */
  kubeconfig({ address, ca, token }: Pick<ApiServer, 'address' | 'ca' | 'token'>, file = 'kubeconfig'): void {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [
        {
          name: 'test',
          cluster: { server: address, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: [{ name: 'test', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    };
    writeFileSync(this.file(file), JSON.stringify(config), { mode: 0o600 });
  }

  /** The program, until it ends. */
  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  start(...args: string[]): {
    child: ChildProcess;
    ended: Promise<Ended>;
    stop(): Promise<Ended>;
    log(): string;
  } {
    const child = spawn(process.execPath, [this.#program, ...args], { cwd: this.folder, env: this.env });
    this.#children.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part: Buffer) => {
      stdout += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString();
    });
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => {
        this.#children.delete(child);
        resolve({ code, stdout, stderr });
      }),
    );
    const stop = () => {
      child.kill('SIGTERM');
      return ended;
    };
    return { child, ended, stop, log: () => stderr };
  }

  /** What is sealed. */
  async records(): Promise<EvidenceRecord[]> {
    const reader = await openReader(this.file('evidence'));
    try {
      const { size } = await reader.checkpoint();
      const records: EvidenceRecord[] = [];
      for await (const { bytes } of reader.entries(0, size))
        records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
      return records;
    } finally {
      await reader.close();
    }
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Looks again until there is something; the limit of the test is the limit of this. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
