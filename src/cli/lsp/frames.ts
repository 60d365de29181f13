import { Transform } from 'node:stream';
import { ExhibitError } from '../../record/index.ts';

/** Longest head of a message, in bytes: it has two short lines. */
const MOST_HEAD = 4_096;
/** Longest message, in bytes: a file at the limit of what is judged, with its characters escaped. */
const MOST_BODY = 256 * 1024 * 1024;
const END = Buffer.from('\r\n\r\n');

/**
 * Lets through what has the form of the protocol: a head that states a length, and as many bytes. Anything else ends the stream with an
 * error, before it is gathered in memory: somebody typed into the server, or a wrong program writes to it.
 */
export function frames(mostBody = MOST_BODY): Transform {
  let head = Buffer.alloc(0);
  let body = 0;
  const take = (chunk: Buffer, push: (part: Buffer) => void): void => {
    let rest = chunk;
    while (rest.length > 0) {
      if (body > 0) {
        const part = rest.subarray(0, body);
        body -= part.length;
        rest = rest.subarray(part.length);
        push(part);
        continue;
      }
      const before = head.length;
      head = Buffer.concat([head, rest.subarray(0, MOST_HEAD)]);
      const end = head.indexOf(END);
      if (end < 0) {
        if (head.length >= MOST_HEAD || !/^[A-Za-z]/.test(head.toString('latin1'))) throw foreign(head);
        rest = rest.subarray(MOST_HEAD);
        continue;
      }
      body = lengthOf(head.subarray(0, end), mostBody);
      push(head.subarray(0, end + END.length));
      rest = rest.subarray(end + END.length - before);
      head = Buffer.alloc(0);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        take(chunk, (part) => this.push(part));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      done(head.length > 0 ? foreign(head) : null);
    },
  });
}

function lengthOf(head: Buffer, most: number): number {
  const length = /^content-length: *(\d{1,12}) *$/im.exec(head.toString('latin1'))?.[1];
  if (length === undefined) throw foreign(head);
  if (Number(length) <= most) return Number(length);
  throw new ExhibitError(
    'INPUT_TOO_LARGE',
    `a message of the editor has ${length} bytes; ${most} is the most`,
    {
      hint: 'Close the file that is so large; `exhibit check` judges it.',
    },
  );
}

function foreign(head: Buffer): ExhibitError {
  const shown = JSON.stringify(head.subarray(0, 40).toString('utf8'));
  return new ExhibitError('USAGE', `what came on standard input is no message of the protocol: ${shown}`, {
    hint: 'An editor starts this command and speaks to it; see the how-to of the editor.',
  });
}
