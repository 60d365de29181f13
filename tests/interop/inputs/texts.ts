import fc from 'fast-check';

const DOLLAR = '$';
const lines = (line: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> =>
  fc.array(line, { minLength: 1, maxLength: most }).map((all) => `${all.join('\n')}\n`);
const word = fc.constantFrom(
  'a',
  'b_c',
  'd-e',
  'X1',
  '"q r"',
  "'s t'",
  'é',
  '\\"',
  'a=b',
  '1',
  '010',
  '1e3',
  '-2.5',
  'true',
  'T',
  'off',
  '#',
  ';',
  '//x',
  `${DOLLAR}A`,
  `${DOLLAR}{B}`,
  '\\ ',
  'x\\',
  '[',
  ']',
  '<<',
  '""',
);
const words = fc.array(word, { maxLength: 4 }).map((all) => all.join(' '));
const space = fc.constantFrom('', ' ', '\t', '  ');

const assignment = (names: fc.Arbitrary<string>, signs: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(names, space, signs, space, words).map((parts) => parts.join(''));

const instruction = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'RUN',
        'run',
        'CMD',
        'ENTRYPOINT',
        'COPY',
        'ADD',
        'VOLUME',
        'EXPOSE',
        'USER',
        'WORKDIR',
        'LABEL',
        'ENV',
        'ARG',
        'STOPSIGNAL',
        'HEALTHCHECK CMD',
        'ONBUILD RUN',
        'ONBUILD COPY',
      ),
      space.filter((s) => s !== ''),
      words,
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('ENV', 'LABEL'),
      fc.array(
        fc.tuple(fc.constantFrom('A', 'b.c'), word).map(([name, value]) => `${name}=${value}`),
        { minLength: 1, maxLength: 3 },
      ),
    )
    .map(([name, all]) => `${name} ${all.join(' ')}`),
  fc.constantFrom(
    '# comment',
    '  # indented',
    '#',
    '',
    'RUN a \\\n  # inside\n\n  b',
    'CMD ["a", "b c"]',
    'RUN ["a" "b"]',
    'COPY --from=x --chown="a b" c d',
    'RUN --mount=type=cache,target=/x <<EOF\nline # 1\n  EOF\nEOF',
    'RUN <<-"E F" cat\n\tx\nE F',
    'COPY <<a <<b /c/\n1\na\n2\nb',
    'FROM x AS y',
    'FROM --platform=$P a:b',
    'SHELL ["sh", "-c"]',
    'MAINTAINER a b',
    'RUN a \\',
    'RUN cat <<< x',
    'HEALTHCHECK NONE',
    'HEALTHCHECK --interval=5s CMD ["a"]',
  ),
);

/** Generated files by the name that says how they are read, always the same. */
export const GENERATED: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Dockerfile: fc
    .tuple(fc.constantFrom('', '# escape=`\n', '# syntax=docker/dockerfile:1\n# c\n'), lines(instruction, 6))
    .map(([head, body]) => `${head}FROM a\n${body}`),
  'a.ini': lines(
    fc.oneof(
      fc.constantFrom(
        '[s]',
        '[s.t]',
        ' [u] ; c',
        '# c',
        '; c',
        '',
        '[s]',
        '"k" = v',
        '- = x',
        'k = """x"""',
        'k = `y`',
        'k = a\\\n  b',
      ),
      assignment(fc.constantFrom('k', 'l m', 'n.o'), fc.constantFrom('=', ':')),
    ),
    6,
  ).map((body) => `[first]\n${body}`),
  'a.properties': lines(
    fc.oneof(
      fc.constantFrom('# c', '! c', '', 'k\\ l = m', 'k = a\\\n   b', 'k : \\u0041\\n', 'k', '=v', 'k\\:l:m'),
      assignment(fc.constantFrom('k', 'l.m', 'é'), fc.constantFrom('=', ':', ' ')),
    ),
    6,
  ),
  '.env': lines(
    fc.oneof(
      fc.constantFrom(
        '# c',
        '',
        'A="x\ny"',
        "B='$A'",
        'export C',
        'A="a\\nb" # c',
        'B=$A',
        'B=\\$A',
        `C="$A${DOLLAR}{B}x"`,
        'export A=1',
        'D: y',
      ),
      assignment(fc.constantFrom('A', 'b.c', 'export E'), fc.constantFrom('=', ': ')),
    ),
    5,
  ).map((body) => `A=first\nB=second\n${body}`),
  'a.toml': lines(
    fc.oneof(
      fc.constantFrom(
        '# c',
        '',
        '[t]',
        '[t.u]',
        '[[l]]',
        '[[t.m]]',
        'a.b = 1',
        '"q r" = 2',
        'd = 1979-05-27T07:32:00.500-07:00',
        'e = 1979-05-27 07:32:00Z',
        'f = 1979-05-27',
        'g = 07:32:00',
        'h = 1979-05-27T07:32:00.999999',
        'i = 0x1F',
        'j = 1_000',
        'k = 1e3',
        'l = """\na\\\n  b"""',
        "m = '''x'''",
        'n = [1, "a", {b = true, c.d = 2}]',
        'o = 9223372036854775807',
        'p = -0.5',
        'r = inf',
        's = 6.0',
        't = "\\u00e9\\t"',
      ),
      fc.constantFrom('x = 1', 'y = "z"', 'z = []', 'w = {}'),
    ),
    7,
  ),
};
