// Makes verify.html: the verifier as one page that works from a folder, offline. The policy in it lets nothing run but its own script and
// style, each by its digest, and lets nothing be asked of any network.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { STYLE } from '../src/web/style.ts';
import { directImportsPlugin } from './direct-imports.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..');

const OWN = `
main{max-width:46rem}label{font-weight:600;display:block}textarea{width:100%;min-height:6rem;font:.88rem/1.4 ui-monospace,monospace;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem}
input[type=file]{max-width:100%;font:inherit;color:var(--ink)}button{font:inherit;font-weight:600;padding:.5rem 1.4rem;border:2px solid var(--link);border-radius:6px;background:var(--link);color:var(--ground);cursor:pointer}button:disabled{opacity:.6}
.step{border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;margin:1rem 0}.step p{margin:.3rem 0}table{width:100%;margin:1rem 0}th[scope=row]{width:9rem;font-weight:600}td{overflow-wrap:anywhere}@media(max-width:30rem){th[scope=row]{width:6rem}}
h2.good,h2.bad,h2.unsure{padding:.5rem .8rem;border-left:8px solid var(--line);background:var(--panel)}h2.good{border-color:var(--pass)}h2.bad{border-color:var(--fail)}h2.unsure{border-color:var(--waived)}
`;

export async function verifyPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src', 'verify', 'page', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [directImportsPlugin(join(root, 'src'))],
  });
  // Nothing in the program may end its own element.
  const script = (outputFiles[0]?.text ?? '').replaceAll('</', '<\\/');
  const style = `${STYLE}${OWN}`;
  const policy = `default-src 'none'; script-src ${source(script)}; style-src ${source(style)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Check a pack of evidence</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><h1>Check a pack of evidence</h1>
<p>This page checks a pack of Exhibit in this browser. It asks no network, and nothing leaves this computer. A page that comes with what it checks proves little: take it from another place, or compare its digest.</p></header>
<main id="main">
<div class="step"><label for="keys">1. Public key of the log, and of witnesses: one a line</label>
<p class="soft" id="keys-hint">From a place that the operator of the log cannot change for you alone: a printed report, another auditor, a file that you kept. It is not in the pack.</p>
<textarea id="keys" aria-describedby="keys-hint" spellcheck="false" autocomplete="off" placeholder="example.com/evidence+0123abcd+AAAA..."></textarea>
<p><label for="keyfile">or from a file (.vkey)</label><input type="file" id="keyfile" accept=".vkey,.txt" multiple></p></div>
<div class="step"><label for="file">2. The pack (.zip); with it, if you have them, its .record.json and .tlog-proof</label>
<p><input type="file" id="file" multiple></p><p class="soft">You may also drop the files anywhere on this page.</p><p id="chosen">No file yet.</p></div>
<div class="step"><label for="roots">3. Roots of the time authorities that you believe, PEM (only for time stamps)</label>
<p class="soft" id="roots-hint">From the authority itself. Without them the page says that time stamps were not checked.</p>
<textarea id="roots" aria-describedby="roots-hint" spellcheck="false" autocomplete="off" placeholder="-----BEGIN CERTIFICATE-----"></textarea>
<p><label for="rootfile">or from a file (.pem)</label><input type="file" id="rootfile" accept=".pem,.crt" multiple></p></div>
<p><button type="button" id="check">Check</button></p>
<p id="status" role="status"></p>
<section id="result" aria-label="Result"></section>
<noscript><p>This page needs JavaScript. Without it: node exhibit-verify.mjs pack FILE --vkey KEY, or the steps in README.txt.</p></noscript>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function source(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
