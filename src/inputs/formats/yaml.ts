import { type Format, isYamlName } from '../source.ts';
import { yamlOffset } from '../yaml-locate.ts';

/** Any YAML stream: one document for each that is not empty. */
export const yaml: Format = {
  name: 'yaml',
  reference: {
    known: 'by its name: `.yaml`, `.yml`',
    sees: 'one document of the stream, as YAML 1.1 readers of Go see it: `on` is the key `true`',
    positions: 'the key or item',
  },
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
