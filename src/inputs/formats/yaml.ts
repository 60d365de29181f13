import { type Format, isYamlName } from '../source.ts';
import { yamlOffset } from '../yaml-locate.ts';

/** Any YAML stream: one document for each that is not empty. */
export const yaml: Format = {
  name: 'yaml',
  detect: isYamlName,
  parse(source) {
    const { events, documents } = source.yaml();
    return documents.map(({ value, start }) => ({
      kind: 'yaml',
      value,
      locate: (path) => events.place(yamlOffset(events, start, path)),
    }));
  },
};
