import type { Item, Outcome, RunFacts } from '../../types.ts';
import { instantOf, lineOf, placeOf } from '../../values.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

interface Suite {
  name: string;
  attributes: Attributes;
  /** Test cases and suites that stand in it itself. */
  cases: number;
  suites: number;
}

interface Case {
  attributes: Attributes;
  suite: Suite | undefined;
  line: number;
  found: Partial<Record<Result, { message: string | undefined; type: string | undefined }>>;
}

type Result = 'failure' | 'error' | 'skipped';
const RESULTS: ReadonlySet<string> = new Set(['failure', 'error', 'skipped']);

/** Words with which some tools say beside the elements that a case ran and ended well; any other word is no pass. */
const RAN: ReadonlySet<string> = new Set([
  'run',
  'passed',
  'pass',
  'success',
  'successful',
  'ok',
  'completed',
  'executed',
]);
/** Longest text of a result that is kept. */
const MOST_TEXT = 8_000;

/** Makes outcomes of the elements of JUnit's XML, one after the other. */
export class Suites {
  readonly #tell: (item: Item) => void;
  readonly #suites: Suite[] = [];
  /** Counts of suites that hold cases and say how many; undefined once one says nothing. */
  #stated: Required<NonNullable<RunFacts['stated']>> | undefined = { pass: 0, fail: 0, suppressed: 0 };
  #case: Case | undefined;
  #result: Result | undefined;
  #text = '';

  /** @param tell takes each item as soon as its element is closed */
  constructor(tell: (item: Item) => void) {
    this.#tell = tell;
  }

  open(name: string, attributes: Attributes, line: number): void {
    if (this.#case !== undefined) {
      if (!RESULTS.has(name)) return;
      this.#result = name as Result;
      this.#text = '';
      this.#case.found[this.#result] ??= { message: attributes.message, type: attributes.type };
    } else if (name === 'testsuite') {
      const outer = this.#suites.at(-1);
      if (outer !== undefined) outer.suites += 1;
      this.#suites.push({ name: attributes.name ?? '', attributes, cases: 0, suites: 0 });
      const ended = instantOf(attributes.timestamp);
      if (ended !== undefined) this.#tell({ type: 'run', ended });
    } else if (name === 'testcase') {
      const suite = this.#suites.at(-1);
      if (suite !== undefined) suite.cases += 1;
      this.#case = { attributes, suite, line, found: {} };
    }
  }

  text(text: string): void {
    if (this.#result !== undefined && this.#text.length < MOST_TEXT) this.#text += text.slice(0, MOST_TEXT);
  }

  close(name: string): void {
    if (name === 'testcase' && this.#case !== undefined) {
      this.#tell(this.#judged(this.#case));
      this.#case = undefined;
    } else if (name === this.#result && this.#case !== undefined) {
      const found = this.#case.found[this.#result];
      if (found !== undefined) found.message = joined(found.message, this.#text.trim());
      this.#result = undefined;
    } else if (name === 'testsuite' && this.#case === undefined) {
      const suite = this.#suites.pop();
      if (suite !== undefined) this.#count(suite);
    }
  }

  /** What the suites say of themselves. @param whole the document ended as it should */
  *end(whole: boolean): Generator<Item> {
    if (whole && this.#stated !== undefined) yield { type: 'run', stated: this.#stated };
  }

  #judged({ attributes, suite, line, found }: Case): Item {
    const { name, classname } = attributes;
    const path = this.#suites.map((each) => each.name).filter((each) => each !== '');
    const id = path.join('/') || classname || 'testsuite';
    if (!name && !classname)
      return { type: 'problem', message: 'a test case has neither name nor classname', line };
    const file = attributes.file ?? suite?.attributes.file;
    const base = {
      type: 'outcome' as const,
      check: [classname, name].filter(Boolean).join('/'),
      subject: { type: 'testsuite', id },
      file: file === undefined ? undefined : placeOf(file),
      line: attributes.line === undefined ? undefined : lineOf(Number(attributes.line)),
    };
    const { error, failure, skipped } = found;
    if (error !== undefined) return { ...base, ...said(error), verdict: 'error' };
    if (failure !== undefined) return { ...base, ...said(failure), verdict: 'fail' };
    if (skipped !== undefined)
      return {
        ...base,
        verdict: 'not_evaluated',
        suppressed: { kind: 'skipped test', reason: skipped.message },
      };
    const words = [attributes.status, attributes.result].filter((word) => word !== undefined);
    const ran = words.every((word) => RAN.has(word.toLowerCase()));
    return {
      ...base,
      verdict: ran ? 'pass' : 'not_evaluated',
      message: ran ? undefined : `its status is ${words.join(', ')}`,
    };
  }

  /** A suite that holds suites may count theirs too, so only those count that hold cases or nothing. */
  #count({ attributes, cases, suites }: Suite): void {
    if (cases === 0 && (suites > 0 || attributes.tests === undefined)) return;
    const of = (name: string) => (attributes[name] === undefined ? 0 : Number(attributes[name]));
    const [tests, failures, errors] = [Number(attributes.tests), of('failures'), of('errors')];
    const skipped = attributes.skipped === undefined ? of('skip') : of('skipped');
    const pass = tests - failures - errors - skipped - of('disabled');
    if (this.#stated === undefined || suites > 0 || ![pass, failures, skipped].every(Number.isSafeInteger)) {
      this.#stated = undefined;
      return;
    }
    this.#stated.pass += pass;
    this.#stated.fail += failures;
    this.#stated.suppressed += skipped;
  }
}

/** Many tools write one word as the message and the reason as the text. */
function joined(message: string | undefined, text: string): string | undefined {
  const [line = ''] = text.split('\n', 1);
  if (!message) return text || undefined;
  return line === '' || message.includes(line) || line.includes(message) ? message : `${message}: ${line}`;
}

function said({
  message,
  type,
}: {
  message: string | undefined;
  type: string | undefined;
}): Pick<Outcome, 'message' | 'details'> {
  return { message: message || type || undefined, ...(type ? { details: { type } } : {}) };
}
