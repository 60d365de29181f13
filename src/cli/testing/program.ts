import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { main } from '../main.ts';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The whole program in this process: a machine of its own, with a clock that a test moves. */
export class Machine {
  now: number;
  readonly folder: string;
  /** Its width in columns, for one at a terminal; a pipe where it is not set. */
  terminal: number | undefined;
  /** Milliseconds that pass each time somebody looks at the clock. */
  tick = 0;
  readonly env: Record<string, string | undefined>;

  /** @param time RFC 3339 */
  constructor(time: string) {
    this.now = Date.parse(time);
    this.folder = mkdtempSync(join(tmpdir(), 'exhibit-machine-'));
    this.env = { ...process.env, CI: '', EXHIBIT_STATE: join(this.folder, 'state') };
  }

  at(time: string): this {
    this.now = Date.parse(time);
    return this;
  }

  async run(...argv: string[]): Promise<Ended> {
    let stdout = '';
    let stderr = '';
    const context: Context = {
      env: this.env,
      cwd: this.folder,
      clock: () => {
        this.now += this.tick;
        return this.now;
      },
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      stdout: {
        write: (text) => {
          stdout += text;
        },
        isTTY: this.terminal !== undefined,
        columns: this.terminal ?? 200,
      },
      stderr: {
        write: (text) => {
          stderr += text;
        },
        isTTY: this.terminal !== undefined,
        columns: this.terminal ?? 200,
      },
    };
    const code = await main(argv, context);
    return { code, stdout, stderr };
  }
}
