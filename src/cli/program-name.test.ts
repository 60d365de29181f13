import { expect, it } from 'vitest';
import { programName } from './program-name.ts';

it.each([
  ['/home/ada/exhibit', '/home/ada/exhibit/bin/exhibit.js', 'node bin/exhibit.js'],
  ['/home/ada/exhibit/demo-out', '/home/ada/exhibit/bin/exhibit.js', 'exhibit'],
  ['/home/ada/shop', '/usr/local/bin/exhibit', 'exhibit'],
  ['/home/ada/shop', '/home/ada/shop/node_modules/.bin/exhibit', 'exhibit'],
])('in %s, started as %s, it is %s', (cwd, script, name) => {
  expect(programName(cwd, script)).toBe(name);
});
