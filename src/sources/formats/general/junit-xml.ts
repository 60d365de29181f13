import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { Suites } from './junit-suites.ts';

/** Deeper than any test tool nests its suites. */
const MOST_DEPTH = 100;

/**
 * JUnit's XML, as test runners and many scanners write it: a test case is a check, its suite the subject. XML is read without a document type:
 * no entities but the five of XML itself, nothing is fetched.
 */
export const junitXml: Source = {
  id: 'junit-xml',
  title: 'JUnit XML, of any tool',
  tool: 'junit',
  layer: 'ci',
  population: 'all',
  reference: 'https://github.com/testmoapp/junitxml; no standard defines it',

  detect({ shape, head }: Sample) {
    return shape === 'xml' &&
      /^\s*(<\?[^>]{0,200}\?>\s*)?(<!--[\s\S]{0,4000}?-->\s*){0,8}<testsuites?[\s/>]/.test(head)
      ? 'its root is testsuites or testsuite'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const waiting: Item[] = [];
    const suites = new Suites((item) => waiting.push(item));
    const parser = new SaxesParser();
    const open: string[] = [];
    let fault: string | undefined;
    // The handlers throw and the parser is left alone: after its first fault it would go on with guesses.
    parser.on('error', (error) => {
      throw new Broken(error.message.replace(/^\d+:\d+: /, ''));
    });
    parser.on('doctype', () => {
      throw new Broken('it has a document type, which is not read');
    });
    parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
      if (open.length === 0 && name !== 'testsuites' && name !== 'testsuite')
        throw new Broken(`its root is ${name.slice(0, 64)}`);
      if (open.length >= MOST_DEPTH) throw new Broken(`nested deeper than ${MOST_DEPTH}`);
      open.push(name);
      suites.open(name, attributes as Record<string, string>, parser.line);
    });
    parser.on('closetag', ({ name }: SaxesTagPlain) => {
      open.pop();
      suites.close(name);
    });
    const said = (text: string) => suites.text(text);
    parser.on('text', said);
    parser.on('cdata', said);
    for await (const { text } of report.lines()) {
      try {
        parser.write(`${text}\n`);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        fault = error.message;
      }
      yield* waiting.splice(0);
      if (fault !== undefined) break;
    }
    if (fault === undefined)
      try {
        parser.close();
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        fault = error.message;
      }
    yield* waiting.splice(0);
    if (fault !== undefined)
      yield {
        type: 'problem',
        message: `not well-formed JUnit XML: ${fault}`,
        line: parser.line,
        hint: 'The report may have been cut off. What stands before this place was read.',
      };
    yield* suites.end(fault === undefined);
  },
};

class Broken extends Error {}
