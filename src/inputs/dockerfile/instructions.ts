import { DockerfileError, type DockerLine, dockerLines } from './lines.ts';
import { goTrim, isSpace } from './text.ts';
import { flagsOf, heredocWords, plainWords, quotedWords } from './words.ts';

/** One instruction or comment, in the form that Conftest gives it; here-documents are ours. */
export interface Instruction {
  Cmd: string;
  SubCmd: string;
  JSON: boolean;
  Flags: string[] | null;
  Value: string[] | null;
  Stage: number;
  Heredocs?: { Name: string; Expand: boolean; Content: string }[];
}

/** Offsets of an instruction, of each of its values, and of its here-documents. */
export interface InstructionPlaces {
  offset: number;
  values: number[];
  heredocs: number[];
}

export interface Dockerfile {
  instructions: Instruction[];
  places: InstructionPlaces[];
  stages: number;
}

interface Parsed {
  value: string[] | null;
  json: boolean;
}

const HEREDOC: ReadonlySet<string> = new Set(['add', 'copy', 'run']);
const NONE: Parsed = { value: null, json: false };

/**
 * Reads a Dockerfile. Variables are not replaced: what stands in them is known only when it is built.
 * @param text attacker-controlled
 * @throws DockerfileError
 */
export function readDockerfile(text: string): Dockerfile {
  const { lines, mark } = dockerLines(text, opened);
  const found: Dockerfile = { instructions: [], places: [], stages: 0 };
  for (const line of lines) add(found, line, mark);
  return found;
}

function add(found: Dockerfile, line: DockerLine, mark: string): void {
  const { command, flags, args, start } = split(line.text, mark);
  const Cmd = command.toLowerCase();
  const offset = line.at(line.text.length - line.text.trimStart().length);
  const fail = (message: string) => new DockerfileError(message, offset);
  let inner: Parsed;
  let SubCmd = '';
  let shown = start;
  if (Cmd === 'onbuild') {
    const sub = split(args, mark);
    SubCmd = sub.command;
    shown += sub.start;
    inner = parse(SubCmd.toLowerCase(), sub.args, mark, fail);
  } else inner = parse(Cmd, args, mark, fail);
  if (Cmd === 'from') found.stages += 1;
  const Stage = Math.max(0, found.stages - 1);
  for (const comment of line.comments) {
    found.instructions.push({
      Cmd: 'comment',
      SubCmd: '',
      JSON: false,
      Flags: null,
      Value: [comment.text],
      Stage,
    });
    found.places.push({ offset: comment.offset, values: [comment.offset], heredocs: [] });
  }
  const Heredocs = line.heredocs.map(({ name, expand, content }) => ({
    Name: name,
    Expand: expand,
    Content: content,
  }));
  found.instructions.push({
    Cmd,
    SubCmd,
    JSON: inner.json,
    Flags: flags,
    Value: inner.value,
    Stage,
    ...(Heredocs.length === 0 ? {} : { Heredocs }),
  });
  found.places.push({
    offset,
    values: placesOf(inner.value ?? [], line, shown),
    heredocs: line.heredocs.map((one) => one.offset),
  });
}

/** Each value stands after the one before it; what was unquoted is looked for no further. */
function placesOf(values: readonly string[], line: DockerLine, start: number): number[] {
  let from = start;
  return values.map((value) => {
    // The sign between a name and its value comes last and stands before it.
    const index = value === '' || value === '=' ? -1 : line.text.indexOf(value, from);
    if (index < 0) return line.at(from);
    from = index + value.length;
    return line.at(index);
  });
}

/** Command, flags and the rest of a line, and where in the line the rest starts. */
function split(
  line: string,
  mark: string,
): { command: string; flags: string[] | null; args: string; start: number } {
  const text = goTrim(line);
  const lead = line.indexOf(text);
  const gap = /[\t\v\f\r ]+/.exec(text);
  if (gap === null) return { command: text, flags: null, args: '', start: lead + text.length };
  const after = gap.index + gap[0].length;
  const { flags, rest } = flagsOf(text.slice(after), mark);
  const args = goTrim(text.slice(after + rest));
  return { command: text.slice(0, gap.index), flags, args, start: lead + text.lastIndexOf(args) };
}

type Fail = (message: string) => DockerfileError;

function parse(command: string, args: string, mark: string, fail: Fail): Parsed {
  switch (command) {
    case 'add':
    case 'copy':
    case 'volume':
      return exec(args, fail) ?? { value: plainWords(args), json: false };
    case 'cmd':
    case 'entrypoint':
    case 'run':
    case 'shell':
      return maybeExec(args, fail);
    case 'healthcheck':
      return healthcheck(args, fail);
    case 'arg': {
      const words = quotedWords(args, mark);
      return words.length === 0 ? NONE : { value: words, json: false };
    }
    case 'env':
    case 'label':
      return pairs(command, args, mark, fail);
    case 'expose':
    case 'from':
      return { value: plainWords(args), json: false };
    case 'maintainer':
    case 'stopsignal':
    case 'user':
    case 'workdir':
      if (args === '') throw fail(`${command.toUpperCase()} has no value`);
      return { value: [args], json: false };
    default:
      throw fail(`${JSON.stringify(command.slice(0, 32))} is no instruction`);
  }
}

function maybeExec(args: string, fail: Fail): Parsed {
  return args === '' ? NONE : (exec(args, fail) ?? { value: [args], json: false });
}

/** The form of a JSON list; undefined where the text is none, which the builder then takes for a shell's. */
function exec(args: string, fail: Fail): Parsed | undefined {
  if (!args.startsWith('[')) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(args);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  if (!list.every((item) => typeof item === 'string'))
    throw fail('a list in the JSON form holds something else than texts');
  return { value: list.length === 0 ? null : list, json: true };
}

function healthcheck(args: string, fail: Fail): Parsed {
  let end = 0;
  while (end < args.length && !isSpace(args.charAt(end))) end += 1;
  if (end === 0) throw fail('HEALTHCHECK has no value');
  const { value, json } = maybeExec(goTrim(args.slice(end)), fail);
  return { value: [args.slice(0, end), ...(value ?? [])], json };
}

/** `name=value name=value`, or the old `name value`: three values each, the last one is the sign between them. */
function pairs(command: string, args: string, mark: string, fail: Fail): Parsed {
  const words = quotedWords(args, mark);
  const [first] = words;
  if (first === undefined) throw fail(`${command.toUpperCase()} has no value`);
  if (!first.includes('=')) {
    const gap = /[\t\v\f\r ]+/.exec(args);
    if (gap === null) throw fail(`${command.toUpperCase()} has a name and no value`);
    return { value: [args.slice(0, gap.index), args.slice(gap.index + gap[0].length), ''], json: false };
  }
  const value = words.flatMap((word) => {
    const sign = word.indexOf('=');
    if (sign < 0) throw fail(`${JSON.stringify(word.slice(0, 64))} has no = and so no value`);
    return [word.slice(0, sign), word.slice(sign + 1), '='];
  });
  return { value, json: false };
}

/** Only RUN, COPY and ADD take here-documents, also behind ONBUILD, and not in the JSON form. */
function opened(line: string, mark: string): ReturnType<typeof heredocWords> {
  if (!line.includes('<<')) return [];
  const outer = split(line, mark);
  const { command, args } = outer.command.toLowerCase() === 'onbuild' ? split(outer.args, mark) : outer;
  if (!HEREDOC.has(command.toLowerCase())) return [];
  const json = exec(
    args,
    () => new DockerfileError('a list in the JSON form holds something else than texts', 0),
  );
  return json?.json === true ? [] : heredocWords(line, mark);
}
