import { z } from 'zod';
import { recordSchema } from '../../src/record/index.ts';

interface Field {
  type?: string;
  const?: string;
  enum?: string[];
  pattern?: string;
  description?: string;
}

const GROUPS: readonly [string, readonly string[]][] = [
  ['identity', ['schema', 'record_id', 'record_type']],
  ['time', ['observed_at', 'recorded_at']],
  ['origin', ['emitter', 'sequence', 'layer', 'tool', 'tool_version', 'format', 'raw_digest']],
  ['run', ['run_id', 'run_index', 'run_total']],
  [
    'policy',
    [
      'policy_id',
      'rule_id',
      'policy_revision',
      'bundle_digest',
      'engine',
      'engine_version',
      'control_map_digest',
    ],
  ],
  ['subject', ['subject_type', 'subject_id', 'subject_name', 'environment', 'file', 'line', 'column']],
  ['outcome', ['verdict', 'disposition', 'severity', 'message', 'details']],
  ['attribution', ['actor', 'actor_verified_by', 'repository', 'commit', 'change']],
  ['input', ['input_digest', 'input_ref', 'redactions']],
  ['override', ['override_id', 'override_digest']],
  ['rest', ['ext']],
];

/** The published JSON Schema of a record. */
export function recordJsonSchema(): { properties: Record<string, Field>; required: string[] } {
  return z.toJSONSchema(recordSchema, { unrepresentable: 'any' }) as unknown as {
    properties: Record<string, Field>;
    required: string[];
  };
}

/** docs/reference/record.md */
export function recordPage(): string {
  const { properties, required } = recordJsonSchema();
  const named = new Set(GROUPS.flatMap(([, fields]) => fields));
  const missing = Object.keys(properties).filter((field) => !named.has(field));
  if (missing.length > 0) throw new Error(`fields without a group: ${missing.join(', ')}`);
  const sections = GROUPS.map(([group, fields]) => {
    const rows = fields.map((name) => {
      const field = properties[name] ?? {};
      return `| \`${name}\` | ${required.includes(name) ? 'yes' : ''} | ${shape(field)} | ${field.description ?? ''} |`;
    });
    return `## ${group}\n\n| field | required | form | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# The record, version 1

Generated from \`src/record/schema.ts\`. The JSON Schema is \`schemas/record.schema.json\`.

A record is one JSON object in the canonical form of RFC 8785, at most 65,535 bytes. Its leaf in the Merkle log is
\`SHA-256(0x00 || bytes)\` (RFC 6962). Absent fields are left out; there is no null. Large or private parts are blobs
beside the ledger, named by their digest. A record is never changed. A new version adds fields; it renames none.

Rules between fields: a decision names its run, policy, subject, verdict, disposition and severity; a run states how
many decisions it made; a waived decision is a fail and names its override; nothing is done about a pass.

Names that come in (emitter, tool, policy, override) are what they look like: no character that is not seen, no white
space at an end, in the form NFC. Emitters that begin with \`exhibit.\`, in any case, are of Exhibit itself. A message may
hold any text: whoever prints it shows control and format characters as escapes.

${sections.join('\n')}`;
}

function shape(field: Field): string {
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum !== undefined) return field.enum.join(', ');
  if (field.pattern?.startsWith('^sha256') === true) return 'digest';
  if (field.pattern?.includes('[78]') === true) return 'UUID';
  if (field.pattern?.startsWith('^[0-9]{4}-') === true) return 'time, RFC 3339, UTC, milliseconds';
  return field.type ?? 'JSON';
}
