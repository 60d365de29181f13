#!/usr/bin/env node
// Plain JavaScript that any Node can parse: it starts Exhibit on a Node that is new enough, or says in one line what it needs.
// In a checkout without a build it runs the sources; a published package runs dist/exhibit.js.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  const built = join(root, 'dist', 'exhibit.js');
  const source = join(root, 'src', 'cli', 'bin.ts');
  if (!existsSync(built) || (process.env.EXHIBIT_SOURCE === '1' && existsSync(source))) {
    await import(pathToFileURL(source).href);
  } else {
    const { enableCompileCache } = await import('node:module');
    enableCompileCache();
    await import(pathToFileURL(built).href);
  }
} else {
  const pinned = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(pinned)) {
    const { status, signal } = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    if (signal) process.kill(process.pid, signal);
    process.exitCode = status === null ? 3 : status;
  } else {
    process.stderr.write(`exhibit needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
    process.exitCode = 3;
  }
}
