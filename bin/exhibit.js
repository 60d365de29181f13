#!/usr/bin/env node
// Plain JavaScript that any Node can parse: it starts Exhibit on a Node that is new enough, or says in one line what it needs.
// In a checkout without a build it runs the sources; a published package runs dist/exhibit.js.
import { spawn } from 'node:child_process';
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
    // What a terminal sends reaches both; what somebody sends to this process alone is handed on. It listens before there is
    // anybody to hand on to: a signal in between is heard when there is.
    const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
    const handOn = {
      SIGINT: () => atTerminal || newer.kill('SIGINT'),
      SIGTERM: () => newer.kill('SIGTERM'),
      SIGHUP: () => newer.kill('SIGHUP'),
    };
    for (const [signal, listener] of Object.entries(handOn)) process.on(signal, listener);
    const newer = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    newer.on('exit', (code, signal) => {
      for (const [each, listener] of Object.entries(handOn)) process.off(each, listener);
      if (signal) process.kill(process.pid, signal);
      process.exitCode = code === null ? 3 : code;
    });
    newer.on('error', ({ message }) => {
      process.stderr.write(`exhibit: ${pinned} does not start: ${message}\n`);
      process.exitCode = 3;
    });
  } else {
    process.stderr.write(`exhibit needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
    process.exitCode = 3;
  }
}
