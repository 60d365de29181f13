import { matchesGlob } from '../../engine/index.ts';
import { codeOwners, type Files } from '../../policy/index.ts';
import type { Service } from './catalogue.ts';
import type { RespondConfig } from './config.ts';
import type { RawFinding } from './types.ts';

export interface Owner {
  name: string;
  by: 'assignment' | 'annotation' | 'label' | 'codeowners' | 'catalogue' | 'default';
  /** The key, line or file that says so. */
  evidence: string;
  /** Nobody said whose it is: a weakness, which the report names. */
  weak: boolean;
}

export interface OwnerSources {
  services: readonly Service[];
  /** CODEOWNERS files of a repository, by `host/owner/name`. */
  repositories: ReadonlyMap<string, Files>;
}

/**
 * Whose a finding is: who was assigned, else its subject's annotation or label, the code owner of its file, the service catalogue; else
 * the default, which is marked weak.
 */
export function ownerOf(
  finding: Pick<RawFinding, 'assigned' | 'last' | 'subject' | 'environment'>,
  config: RespondConfig['owners'],
  sources: OwnerSources,
): Owner {
  const { assigned, last } = finding;
  if (assigned !== undefined)
    return { name: assigned, by: 'assignment', evidence: 'a response record', weak: false };
  for (const by of ['annotation', 'label'] as const) {
    const values = by === 'annotation' ? last.facts?.annotations : last.facts?.labels;
    for (const key of config.keys) {
      const name = values?.[key]?.trim();
      if (name !== undefined && name !== '') return { name, by, evidence: key, weak: false };
    }
  }
  const code = codeOwner(last, sources);
  if (code !== undefined) return code;
  const service = sources.services.find((each) => isOf(each, finding));
  if (service !== undefined)
    return {
      name: service.owner,
      by: 'catalogue',
      evidence: `${service.file}: ${service.name}`,
      weak: false,
    };
  return { name: config.default, by: 'default', evidence: 'owners.default', weak: true };
}

function codeOwner(last: RawFinding['last'], { repositories }: OwnerSources): Owner | undefined {
  const { repository, file } = last;
  if (repository === undefined || file === undefined) return undefined;
  const files = repositories.get(repositoryName(repository));
  const found = files === undefined ? undefined : codeOwners(files, file.replace(/^\.?\//, ''));
  const first = found?.[0];
  if (found === undefined || first === undefined) return undefined;
  return {
    name: found.map(({ owner }) => owner).join(' '),
    by: 'codeowners',
    evidence: first.line,
    weak: false,
  };
}

/** `https://github.com/example/shop.git` and `github.com/example/shop` are one. */
export function repositoryName(repository: string): string {
  return repository
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/(?:\.git)?\/*$/, '')
    .toLowerCase();
}

/** A service with several conditions asks for all of them; one without any has none. */
function isOf(
  { subjects, labels, environments }: Service,
  { subject, last, environment }: Pick<RawFinding, 'subject' | 'last' | 'environment'>,
): boolean {
  const ids = [subject, last.subject_id];
  const asked = [
    ...(subjects === undefined ? [] : [subjects.some((glob) => ids.some((id) => matchesGlob(glob, id)))]),
    ...(labels === undefined
      ? []
      : [
          labels.some((all) =>
            Object.entries(all).every(([key, value]) => last.facts?.labels?.[key] === value),
          ),
        ]),
    ...(environments === undefined
      ? []
      : [environments.some((glob) => matchesGlob(glob, environment ?? ''))]),
  ];
  return (subjects !== undefined || labels !== undefined) && asked.every((each) => each);
}
