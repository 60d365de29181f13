import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN, temporary, workshop } from '../../acceptance/workshop.ts';

const CONFIG = fileURLToPath(new URL('../../../deploy/editors/neovim/exhibit.lua', import.meta.url));
const NVIM = process.env.EXHIBIT_NEOVIM || 'nvim';
const version = /NVIM v(\d+)\.(\d+)/.exec(spawnSync(NVIM, ['--version'], { encoding: 'utf8' }).stdout ?? '');
if (version === null && process.env.CI === 'true')
  throw new Error('no nvim was found, and everything must be there');

const WAIT = `
vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, one in ipairs(vim.diagnostic.get(0)) do
  local line = ('%d:%d %s'):format(one.lnum + 1, one.col + 1, one.message)
  io.stdout:write((line:gsub('\\n', ' | ')) .. '\\n')
end
vim.cmd('qa!')
`;

describe.skipIf(version === null)(`Neovim ${version?.[0] ?? '(skipped: no nvim found)'}`, () => {
  it('shows what the server says, with the configuration as it is delivered', () => {
    const { bundle, key } = workshop();
    const place = temporary('neovim');
    const app = join(place, 'app');
    const own = join(place, 'config');
    const at = Number(version?.[1]) > 0 || Number(version?.[2]) >= 11 ? 'lsp' : 'lua';
    for (const folder of [join(app, '.exhibit', 'keys'), join(own, at), join(place, 'bin')])
      mkdirSync(folder, { recursive: true });
    copyFileSync(bundle, join(app, '.exhibit', 'bundle.tar.gz'));
    copyFileSync(key, join(app, '.exhibit', 'keys', 'bundle.pub.pem'));
    copyFileSync(CONFIG, join(own, at, 'exhibit.lua'));
    writeFileSync(join(place, 'wait.lua'), WAIT);
    writeFileSync(join(place, 'bin', 'exhibit'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, {
      mode: 0o755,
    });
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostPID: true\n  containers: [{name: a, image: a}]\n';
    writeFileSync(join(app, 'pod.yaml'), pod);
    const enable = at === 'lsp' ? "vim.lsp.enable('exhibit')" : "require('exhibit').setup()";
    const told = execFileSync(
      NVIM,
      [
        '--headless',
        '-u',
        'NONE',
        '--cmd',
        `set rtp^=${own}`,
        '--cmd',
        'filetype on',
        '--cmd',
        `lua ${enable}`,
      ].concat('pod.yaml', '-c', `luafile ${join(place, 'wait.lua')}`),
      {
        cwd: app,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${join(place, 'bin')}:${process.env.PATH}`,
          // An editor runs on a developer's machine: a pipeline has stricter rules.
          CI: '',
          EXHIBIT_STATE: join(place, 'state'),
          XDG_STATE_HOME: join(place, 'nvim'),
        },
      },
    );
    expect(told).toMatch(/^5:3 Pod\/web shares the processes of its host\. \| fix: /m);
  });
});
