import { describe, expect, it } from 'vitest';
import { readText } from '../../testing/read-fixture.ts';
import { ingested, tally } from '../../testing/tally.ts';

const read = (text: string) => readText(text, 'r.xml');

const WHOLE = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<testsuites>
  <testsuite name="s" tests="5" failures="1" errors="1" skipped="1" timestamp="2026-01-02T03:04:05Z">
    <properties><property name="a" value="b"/></properties>
    <testcase classname="c" name="one" file="a/b.tf" line="3"/>
    <testcase classname="c" name="two"><system-out>password</system-out></testcase>
    <testcase classname="c" name="three"><failure message="no &amp; no" type="T">text</failure></testcase>
    <testcase classname="c" name="four"><error><![CDATA[it <broke>]]></error></testcase>
    <testcase classname="c" name="five"><skipped message="later"/></testcase>
  </testsuite>
</testsuites>`;

describe('JUnit XML', () => {
  it('has a verdict for each case', async () => {
    const it = await read(WHOLE);
    expect(it.detected).toMatchObject({
      source: { id: 'junit-xml' },
      why: 'its root is testsuites or testsuite',
    });
    expect(it.outcomes.map(({ check, verdict, message }) => [check, verdict, message])).toEqual([
      ['c/one', 'pass', undefined],
      ['c/two', 'pass', undefined],
      ['c/three', 'fail', 'no & no: text'],
      ['c/four', 'error', 'it <broke>'],
      ['c/five', 'not_evaluated', undefined],
    ]);
    expect(it.outcomes[0]).toMatchObject({
      subject: { type: 'testsuite', id: 's' },
      file: 'a/b.tf',
      line: 3,
    });
    expect(it.outcomes[4]?.suppressed).toEqual({ kind: 'skipped test', reason: 'later' });
    // tests 5 - failures 1 - errors 1 - skipped 1 = 2 passes
    expect(it.facts).toMatchObject({
      ended: '2026-01-02T03:04:05.000Z',
      stated: { pass: 2, fail: 1, suppressed: 1 },
    });
    expect((await ingested(it)).problems).toEqual([]);
  });

  it.each(['<testsuites></testsuites>', '<testsuites/>', '<testsuite name="s" tests="0"/>'])(
    'takes %s for no pass',
    async (text) => {
      const { complete, problems } = await ingested(await read(text));
      expect([complete, problems[0]?.message]).toEqual([
        false,
        'the report holds no result: nothing was judged, which is no pass',
      ]);
    },
  );

  it('misses cases that the suite counts', async () => {
    const { problems } = await ingested(
      await read('<testsuite name="s" tests="9" failures="0"><testcase name="a"/></testsuite>'),
    );
    expect(problems.map(({ message }) => message)).toEqual(['the report says 9 pass, and 1 were read']);
  });

  it('does not count cases twice where an outer suite counts those within it', async () => {
    const inner = '<testsuite name="i" tests="1"><testcase name="a"/></testsuite>';
    const it = await read(
      `<testsuites tests="2"><testsuite name="o" tests="2">${inner}${inner}</testsuite></testsuites>`,
    );
    expect((await ingested(it)).problems).toEqual([]);
    expect(it.outcomes[0]?.subject.id).toBe('o/i');
  });

  it('takes a status that is no word for success for no pass', async () => {
    const { outcomes } = await read(
      '<testsuite><testcase name="a" status="notrun" result="suppressed"/><testcase name="b" status="run" result="completed"/></testsuite>',
    );
    expect(tally(outcomes)).toEqual({ not_evaluated: 1, pass: 1 });
  });

  it.each([
    [
      'entities',
      '<!DOCTYPE testsuite [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>',
      /document type/,
    ],
    ['an outer entity', '<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>', /document type/],
    ['an unknown entity', '<testsuite><testcase name="&x;"/></testsuite>', /entity/],
    [
      'a tag that does not end',
      '<testsuite><testcase name="a"></testsuite>',
      /unexpected close tag|unclosed/,
    ],
    ['an end too early', '<testsuite>\n<testcase name="a"/>\n<testcase name="b">', /unclosed/],
    ['depth', `<testsuite>${'<a>'.repeat(200)}`, /nested deeper than 100/],
  ])('does not read on after %s', async (_, text, why) => {
    const { junitXml } = await import('./junit-xml.ts');
    const { problems, outcomes } = await readText(text, 'r.xml', junitXml);
    expect(problems.at(-1)?.message).toMatch(why);
    expect(outcomes.filter(({ check }) => check !== 'a')).toEqual([]);
  });

  it('reads UTF-16', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(WHOLE, 'utf16le')]);
    expect((await readText(bytes, 'r.xml')).outcomes).toHaveLength(5);
  });
});
