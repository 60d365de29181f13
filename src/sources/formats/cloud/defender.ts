import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstOf, listIn, objectOf, type Part, readParts, textOf } from '../unpack.ts';
import { typeOf } from './azure-policy.ts';

const text = z.string().nullish();
const assessment = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  properties: z.looseObject({
    displayName: text,
    // Recorded answers have the members in capitals.
    resourceDetails: z.looseObject({ id: text, Id: text, source: text, Source: text }).nullish(),
    status: z.looseObject({
      code: text,
      cause: text,
      description: text,
      statusChangeDate: text,
    }),
    metadata: z.looseObject({ severity: text, displayName: text, remediationDescription: text }).nullish(),
  }),
});

const vulnerability = z.looseObject({
  id: z.string().min(1),
  cveId: z.string().min(1),
  machineId: z.string().min(1),
  machineName: text,
  productName: text,
  productVendor: text,
  productVersion: text,
  severity: text,
  fixingKbId: text,
});

/** Microsoft Defender for Cloud's assessments, and Defender for Endpoint's software vulnerabilities by machine. */
export const defender: Source = {
  id: 'defender',
  title: 'Microsoft Defender: assessments, vulnerabilities',
  tool: 'defender',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://learn.microsoft.com/en-us/rest/api/defenderforcloud/assessments/list',

  detect(sample: Sample) {
    const value = objectOf(firstOf(sample));
    const first = objectOf(partsOf(value)[0]?.value);
    if (/^microsoft\.security\/assessments$/i.test(String(first?.type)))
      return 'it is of type Microsoft.Security/assessments';
    return first !== undefined && ['cveId', 'machineId'].every((key) => key in first)
      ? 'it has cveId and machineId'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* readParts(report, partsOf, z.unknown(), function* (value) {
      if ('cveId' in (objectOf(value) ?? {})) {
        // This list holds only what was found.
        yield { type: 'run', population: 'failures' };
        yield* conform(value, vulnerability, ofVulnerability);
      } else yield* conform(value, assessment, ofAssessment);
    });
  },
};

const partsOf = (value: unknown): Part[] => listIn(value, 'value') ?? [{ value }];

function* ofAssessment({ id, name, properties }: z.infer<typeof assessment>): Generator<Item> {
  const { status, resourceDetails, metadata } = properties;
  const resource =
    textOf(resourceDetails?.id) ??
    textOf(resourceDetails?.Id) ??
    id.replace(/\/providers\/microsoft\.security\/assessments\/[^/]+$/i, '');
  const code = status.code?.toLowerCase();
  yield {
    type: 'outcome',
    check: name.toLowerCase(),
    subject: { type: typeOf(resource), id: resource === '' ? id : resource },
    verdict:
      code === 'healthy'
        ? 'pass'
        : code === 'unhealthy'
          ? 'fail'
          : code === 'notapplicable'
            ? 'not_applicable'
            : 'not_evaluated',
    severity: severityOf(metadata?.severity),
    message: textOf(status.description) ?? textOf(properties.displayName) ?? textOf(metadata?.displayName),
    fix: textOf(metadata?.remediationDescription),
    // The API says since when a state holds, not when it was last seen: what is read again later is evidence of that later time, so
    // there is neither a time nor an id of the state.
    suppressed: /^exempt/i.test(status.cause ?? '')
      ? { kind: 'exemption', reason: textOf(status.description) }
      : undefined,
    details: {
      code: textOf(status.code),
      cause: textOf(status.cause),
      since: instantOf(status.statusChangeDate),
      source: textOf(resourceDetails?.source) ?? textOf(resourceDetails?.Source),
    },
  };
}

function* ofVulnerability(value: z.infer<typeof vulnerability>): Generator<Item> {
  const { machineId, machineName, cveId } = value;
  yield {
    type: 'outcome',
    check: cveId,
    subject: { type: 'machine', id: machineId, name: textOf(machineName) ?? machineId },
    verdict: 'fail',
    severity: severityOf(value.severity),
    message: [value.productVendor, value.productName, value.productVersion].filter(textOf).join(' '),
    fix: textOf(value.fixingKbId),
  };
}
