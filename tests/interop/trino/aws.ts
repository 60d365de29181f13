import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A call of an API of AWS. */
export interface Call {
  service: 'athena' | 'glue' | 'lakeformation';
  operation: string;
  input: object;
  output?: object;
}

/** Python that has the models of AWS, beside moto. */
function python(): string {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const server = join(folder, 'moto_server');
    if (existsSync(server)) return join(dirname(realpathSync(server)), 'python');
  }
  throw new Error('no moto_server found');
}

/**
 * Compares calls with the service models of AWS, as botocore ships them, and sends them where an endpoint is given.
 * @throws Error with all that differs
 */
export function checkCalls(calls: readonly Call[], endpoint?: string): Promise<unknown[]> {
  const script = fileURLToPath(new URL('./aws.py', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = execFile(
      python(),
      [script, ...(endpoint === undefined ? [] : [endpoint])],
      { maxBuffer: 64 * 2 ** 20, timeout: 120_000 },
      (error, stdout, stderr) => {
        if (error !== null) return reject(new Error(`${error.message}\n${stderr}`));
        const { problems, answers } = JSON.parse(stdout) as { problems: string[]; answers: unknown[] };
        if (problems.length > 0) return reject(new Error(problems.join('\n')));
        resolve(answers);
      },
    );
    child.stdin?.end(JSON.stringify(calls));
  });
}
