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
 * @throws ExhibitError INPUT_FORMAT where no format takes it
 */
export function detectSource(sample: Sample, sources: readonly Source[] = SOURCES): Detected {
  const takers = sources.flatMap((source) => {
    const why = source.detect(sample);
    return why === undefined ? [] : [{ source, why }];
  });
  const [first, ...others] = takers;
  if (first !== undefined) return { ...first, also: others.map(({ source }) => source) };
  throw new ExhibitError('INPUT_FORMAT', 'the report is of no format that is known here', {
    location: { file: sample.name },
    hint: 'Name the format if you know it: exhibit ingest FORMAT FILE; exhibit ingest --list shows all.',
  });
}

/** @throws ExhibitError NOT_FOUND naming the nearest */
export function sourceOf(id: string, sources: readonly Source[] = SOURCES): Source {
  const found = sources.find((source) => source.id === id);
  if (found !== undefined) return found;
  const near = [...sources].sort((a, b) => distance(a.id, id) - distance(b.id, id))[0];
  throw new ExhibitError('NOT_FOUND', `there is no format ${id}`, {
    hint: `Did you mean ${near?.id}? exhibit ingest --list shows all.`,
  });
}
