import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { S3 } from '@aws-sdk/client-s3';
import type { Fixture } from '../../src/lake/testing/fixture.ts';
import type { S3Store } from '../../src/store/index.ts';
import { type Ended, exhibit } from '../acceptance/workshop.ts';
import { administrator, become } from '../interop/s3/bucket.ts';
import { type S3Server, startS3 } from '../interop/s3/start.ts';
import { startProgram } from './workshop.ts';

/** A Ceph, the lake that is to stand in it, and the processes that are killed at their work on it. */
export class S3Workshop {
  readonly server: S3Server;
  readonly client: S3;
  readonly lake: Fixture;
  readonly #children: ChildProcess[] = [];

  private constructor(server: S3Server, client: S3, lake: Fixture) {
    this.server = server;
    this.client = client;
    this.lake = lake;
  }

  /** @param make of the lake, in a folder */
  static async open(make: () => Promise<Fixture>): Promise<S3Workshop> {
    const server = await startS3();
    become(server.credentials);
    return new S3Workshop(server, administrator(server), await make());
  }

  /** Flags by which a command finds the server. */
  get at(): string[] {
    return ['--endpoint', this.server.endpoint, '--region', this.server.region, '--path-style'];
  }

  /** Starts a program of this folder on the lake. */
  start(program: string, env: Readonly<Record<string, string>>, stdout?: 'pipe'): ChildProcess {
    const child = startProgram(program, { FOLDER: this.lake.folder, ...env }, stdout);
    this.#children.push(child);
    return child;
  }

  run(...args: string[]): Ended {
    return exhibit(args, { env: { EXHIBIT_SOURCE: '1', EXHIBIT_STATE: `${this.lake.folder}-state` } });
  }

  async close(store: S3Store): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null) child.kill('SIGKILL');
    store.close();
    this.client.destroy();
    await this.lake.remove();
    await rm(`${this.lake.folder}-state`, { recursive: true, force: true });
    await this.server.stop();
  }
}
