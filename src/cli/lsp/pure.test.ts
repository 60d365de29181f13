import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Policy } from '../../policy/index.ts';
import { rangeAt } from './diagnostic-place.ts';
import { frames } from './frames.ts';
import { describePolicy, idAt } from './hover.ts';
import { overrideActions } from './override-actions.ts';
import { below, folderOf, pathOf } from './places.ts';
import { Queue } from './queue.ts';
import { readSettings } from './settings.ts';

const yaml = (text: string) => TextDocument.create('file:///o.yaml', 'yaml', 1, text);

describe('the word under the cursor', () => {
  test.each([
    ['# see box-sealed.', 8, 'box-sealed'],
    ['policy: "box-sealed"', 9, 'box-sealed'],
    ['box-sealed', 10, 'box-sealed'],
    ['Box-sealed', 4, undefined],
    ['box_sealed', 5, undefined],
    ['a-', 0, undefined],
    ['', 0, undefined],
    [`${'a'.repeat(100_000)}`, 50_000, undefined],
  ])('%s at %i', (line, at, id) => {
    expect(idAt(line, at)?.id).toBe(id);
  });
});

test('a hover shows text as it is: no link, no image, no HTML of a policy', () => {
  const policy = {
    id: 'p',
    title: '[a](http://evil) <b> ![x](y)',
    severity: 'high',
    owner: 'o',
    layers: { ci: 'enforce' },
    since: '2026-01-01',
    controls: [{ control: 'soc2/cc6.1', strength: 'full', rationale: 'Why\nthis.' }],
    remediation: 'Do it.',
  } as unknown as Policy;
  expect(describePolicy(policy, true)).toContain('\\[a\\]\\(http://evil\\) \\<b\\> \\!\\[x\\]\\(y\\)');
  expect(describePolicy(policy, false).split('\n\n')).toEqual([
    '[a](http://evil) <b> ![x](y)',
    'p: high, owner o',
    'layers: ci enforce; since 2026-01-01',
    'soc2/cc6.1 (full): Why this.',
    'To fix a fail: Do it.',
  ]);
});

describe('what can be written into an override', () => {
  const titles = (text: string, signed = false) =>
    overrideActions(yaml(text), '2026-11-26', signed).map(({ title }) => title);

  test('an empty file gets every field', () => {
    expect(titles('')).toEqual([
      'Insert the missing fields: id, policy, scope, owner, approver, reason, ticket, created, sunset',
    ]);
  });

  test.each([
    [
      'the end of a bare day is its last millisecond',
      'sunset: 2026-12-16',
      'Write sunset as an instant: 2026-12-16T23:59:59.999Z',
    ],
    [
      'its beginning is midnight',
      'created: 2026-12-16',
      'Write created as an instant: 2026-12-16T00:00:00.000Z',
    ],
  ])('%s', (_name, text, title) => {
    expect(titles(text)).toContain(title);
  });

  test.each([
    ['a day that is none', 'sunset: 2026-02-30'],
    ['an instant', 'sunset: 2026-12-16T00:00:00Z'],
    ['an anchor', 'sunset: &x 2026-12-16'],
  ])('no instant for %s', (_name, text) => {
    expect(titles(text).filter((title) => title.startsWith('Write'))).toEqual([]);
  });

  test.each([
    ['a signed file', 'sunset: 2026-12-16', true],
    ['what is no YAML', 'a: [', false],
    ['a list', '- a', false],
    ['a mapping on one line', '{a: 1}', false],
  ])('nothing for %s', (_name, text, signed) => {
    expect(titles(text, signed)).toEqual([]);
  });
});

describe('frames', () => {
  const through = async (parts: readonly string[], most?: number) => {
    const input = new PassThrough();
    const output = input.pipe(frames(most));
    const all = buffer(output);
    for (const part of parts) input.write(part);
    input.end();
    return (await all).toString();
  };
  const message = 'Content-Length: 2\r\n\r\n{}';

  test('a message passes, however it is cut', async () => {
    for (let at = 0; at <= message.length; at += 1)
      expect(
        await through([message.slice(0, at), message.slice(at), message].filter((one) => one !== '')),
      ).toBe(message + message);
  });

  test.each([
    ['no head', ['{"jsonrpc"']],
    ['a head that is no end', ['x'.repeat(4_096)]],
    ['a head without a length', ['A: 1\r\n\r\n']],
    ['an end within a head', ['Content-Le']],
  ])('%s is refused', async (_name, parts) => {
    const stream = frames();
    const failed = new Promise((resolve) => stream.on('error', resolve));
    for (const part of parts) stream.write(part);
    stream.end();
    expect(await failed).toMatchObject({ code: 'USAGE' });
  });

  test('a message that is too long is refused before it comes', async () => {
    const stream = frames(10);
    const failed = new Promise((resolve) => stream.on('error', resolve));
    stream.write('Content-Length: 11\r\n\r\n');
    expect(await failed).toMatchObject({ code: 'INPUT_TOO_LARGE' });
  });
});

test('the queue runs the last request of a key once, and again for one that came meanwhile', async () => {
  const ran: string[] = [];
  const gates: (() => void)[] = [];
  const started: (() => void)[] = [];
  const queue = new Queue(async (key) => {
    ran.push(key);
    started.shift()?.();
    await new Promise<void>((resolve) => gates.push(resolve));
  });
  const begin = () => new Promise<void>((resolve) => started.push(resolve));
  const first = begin();
  for (let i = 0; i < 5; i += 1) queue.request('a', 0);
  await first;
  expect(ran).toEqual(['a']);
  const second = begin();
  queue.request('a', 0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ran).toEqual(['a']);
  gates.shift()?.();
  await second;
  expect(ran).toEqual(['a', 'a']);
  queue.close();
  queue.request('b', 0);
  gates.shift()?.();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ran).toEqual(['a', 'a']);
});

test('settings: empty ones are none, unknown and wrong ones are said', () => {
  expect(readSettings(null)).toEqual({});
  expect(readSettings({ path: 'x', bundle: '', bundleKeys: [], maxInputSize: 0, policyPage: null })).toEqual(
    {},
  );
  expect(readSettings({ bundle: 'b', policyPage: 'https://a/{id}' })).toEqual({
    bundle: 'b',
    policyPage: 'https://a/{id}',
  });
  expect(readSettings({ bundel: 'b' })).toContain('bundel');
  expect(readSettings({ policyPage: 'javascript:alert({id})' })).toMatch(/^policyPage: expected an http/);
});

test('places', () => {
  expect(pathOf('untitled:Untitled-1')).toBeUndefined();
  expect(pathOf('not a uri')).toBeUndefined();
  expect(pathOf('file:///a/b%20c.yaml')).toBe('/a/b c.yaml');
  expect(below('/a', '/a/b/c')).toBe('b/c');
  expect(below('/a', '/ab/c')).toBeUndefined();
  expect(below('/a', '/a')).toBeUndefined();
  expect(below('/a', '/a/..b')).toBe('..b');
  expect(folderOf('/a/b/c.yaml', ['/a', '/a/b', '/x'])).toBe('/a/b');
});

test('a range ends with what is written on its line, and is not endless', () => {
  const text = yaml(`a: b  \n${'x'.repeat(5_000)}\n`);
  expect(rangeAt(text, { line: 1, column: 4 }).end).toEqual({ line: 0, character: 4 });
  expect(rangeAt(text, { line: 2, column: 1 }).end).toEqual({ line: 1, character: 200 });
  expect(rangeAt(text, {}).end).toEqual({ line: 0, character: 1 });
});
