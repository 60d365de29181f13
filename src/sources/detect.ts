import { distance, ExhibitError } from '../record/index.ts';
import { SOURCES } from './registry.ts';
import type { Sample, Source } from './types.ts';

export interface Detected {
  source: Source;
  /** Why, to be said after "because". */
  why: string;
  /** Others that would take the file, too. */
  also: Source[];
}

/**
 * Of which format a report is. The first in the registry that takes it: particular ones stand before general ones.
 * @throws ExhibitError INPUT_FORMAT where no format takes it; the fault of the sample where it has one
 */
export function detectSource(sample: Sample, sources: readonly Source[] = SOURCES): Detected {
  const takers = sources.flatMap((source) => {
    const why = source.detect(sample);
    return why === undefined ? [] : [{ source, why }];
  });
  const [first, ...others] = takers;
  if (first !== undefined) return { ...first, also: others.map(({ source }) => source) };
  const { fault } = sample;
  // That it is cut off is what somebody can mend; that it is of no format then follows.
  if (fault?.code === 'INPUT_SYNTAX')
    throw new ExhibitError('INPUT_SYNTAX', fault.message, {
      location: { ...fault.location, file: sample.name },
      hint: 'Nothing of the report was read. Was it cut off? Then run the tool again.',
    });
  if (fault !== undefined) throw fault;
  throw new ExhibitError('INPUT_FORMAT', 'the report is of no format that is known here', {
    location: { file: sample.name },
    hint: 'Name the format if you know it: exhibit ingest FORMAT FILE; exhibit ingest --list shows all.',
  });
}

/** @throws ExhibitError NOT_FOUND naming the nearest */
export function sourceOf(id: string, sources: readonly Source[] = SOURCES): Source {
  const found = sources.find((source) => source.id === id);
  if (found !== undefined) return found;
  const near = nearest(
    id,
    sources.map((source) => source.id),
  );
  const mean = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
  throw new ExhibitError('NOT_FOUND', `there is no format ${id}`, {
    hint: `${mean}exhibit ingest --list shows all.`,
  });
}

/** Those of the tool, where its name alone was given; else the one that a slip of the pen explains. */
function nearest(id: string, ids: readonly string[]): string[] {
  const ofTool = ids.filter((each) => each.startsWith(`${id}-`));
  if (ofTool.length > 0) return ofTool;
  const [first] = [...ids].sort((a, b) => distance(a, id) - distance(b, id));
  return first !== undefined && distance(first, id) <= id.length / 2 ? [first] : [];
}
