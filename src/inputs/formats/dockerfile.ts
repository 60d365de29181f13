import { ExhibitError } from '../../record/index.ts';
import { type InstructionPlaces, readDockerfile } from '../dockerfile/instructions.ts';
import { DockerfileError } from '../dockerfile/lines.ts';
import { type Format, isYamlName, looksLikeJson, type Source } from '../source.ts';
import type { JsonPath } from '../types.ts';

const NAME = /(?:^|[/\\.])(?:dockerfile|containerfile)(?:\.[^/\\]*)?$/i;

/** By its name, as docker, podman and Conftest tell: Dockerfile, Dockerfile.dev, dev.Dockerfile, Containerfile. */
function isDockerfile(file: string): boolean {
  return NAME.test(file) && !/\.(?:dockerignore|json|ya?ml|md)$/i.test(file);
}

/** Dockerfiles, read as BuildKit reads them, in the form that Conftest gives them. Nothing in them is replaced or run. */
export const dockerfile: Format = {
  name: 'dockerfile',
  names: isDockerfile,
  reference: {
    known: 'by its name: `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `Containerfile`',
    sees: 'one list of instructions in a list, as Conftest writes it: `Cmd`, `SubCmd`, `JSON`, `Flags`, `Value`, `Stage`, comments as `Cmd: comment`. Here-documents are in `Heredocs` (`Name`, `Expand`, `Content`), which Conftest leaves out. Variables stay as they are written',
    positions: 'the instruction, and the value in it',
  },
  detect: (source) => isDockerfile(source.file) && !looksLikeJson(source) && !isYamlName(source),
  parse(source) {
    const { instructions, places, stages } = read(source);
    if (instructions.length === 0) return [];
    if (stages === 0)
      throw new ExhibitError('INPUT_FORMAT', 'the Dockerfile has no FROM, so it builds nothing', {
        location: source.place(0),
        hint: 'Write FROM before everything but ARG.',
      });
    return [
      {
        kind: 'dockerfile',
        value: [instructions],
        locate: (path) => source.place(offsetOf(places, path)),
      },
    ];
  },
};

function read(source: Source): ReturnType<typeof readDockerfile> {
  try {
    return readDockerfile(source.text);
  } catch (cause) {
    if (!(cause instanceof DockerfileError)) throw cause;
    throw new ExhibitError('INPUT_SYNTAX', `the Dockerfile is not well-formed: ${cause.message}`, {
      cause,
      location: source.place(cause.offset),
      hint: 'docker build --check says more about it.',
    });
  }
}

/** A path is `[0, instruction, Value, item]`. */
function offsetOf(places: readonly InstructionPlaces[], [, instruction, member, item]: JsonPath): number {
  const place = places[Number(instruction ?? 0)];
  if (place === undefined) return 0;
  const list = member === 'Value' ? place.values : member === 'Heredocs' ? place.heredocs : [];
  return list[Number(item ?? 0)] ?? place.offset;
}
