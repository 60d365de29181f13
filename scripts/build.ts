// Builds dist: types and modules by tsc (for those who import exhibit/record and exhibit/verify), and one bundled, split
// program by esbuild (for a fast start). Everything in dist is made from src alone.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browserPlugin, requireNoNode } from './browser-plugin.ts';
import { directImportsPlugin } from './direct-imports.ts';
import { joinChunks } from './join-chunks.ts';
import { verifyPage } from './verify-page.ts';
import { WORKERS } from './workers.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..');
process.chdir(root);
rmSync('dist', { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
  { stdio: 'inherit' },
);

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  minify: true,
  keepNames: true,
  mainFields: ['module', 'main'] as string[],
  legalComments: 'none',
  logLevel: 'warning',
} as const;
const plugins = [directImportsPlugin(join(root, 'src'))];

// Native, or large, and loaded only by those commands that need it.
const external = [
  '@duckdb/node-api',
  '@aws-sdk/client-config-service',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sqs',
  '@grpc/grpc-js',
  'protobufjs',
];
const entryPoints = { exhibit: 'src/cli/bin.ts', ...WORKERS };
const parts = join('.cache', 'parts');
rmSync(parts, { recursive: true, force: true });
const { metafile } = await build({
  ...common,
  plugins,
  entryPoints,
  outdir: parts,
  metafile: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  external,
  // CommonJS dependencies ask for require, which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
await joinChunks({ metafile, from: parts, to: 'dist', entries: Object.keys(entryPoints), external });
// The auditor's verifier: one file that needs Node and nothing else.
await build({
  ...common,
  plugins,
  entryPoints: ['src/verify/standalone.ts'],
  outfile: 'dist/exhibit-verify.mjs',
  target: 'node20',
});
// The same as one page, which needs a browser and nothing else.
writeFileSync('dist/verify.html', await verifyPage());
// The program of the page that performs decisions again: the engine itself, with stand-ins for what it takes of Node.
const pageProgram = await build({
  ...common,
  plugins: [browserPlugin(join(root, 'src')), ...plugins],
  entryPoints: ['src/audit/replay/page/browser.ts'],
  outfile: 'dist/exhibit-replay-page.js',
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  inject: ['src/engine/browser/buffer.ts'],
  // Nothing is looked for beside the page.
  define: { 'import.meta.url': '""' },
  metafile: true,
});
requireNoNode(pageProgram.metafile);
chmodSync('bin/exhibit.js', 0o755);
