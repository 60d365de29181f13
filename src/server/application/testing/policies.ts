import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metadata } from '../../../engine/testing/bundles.ts';
import { generateBundleKey } from '../../../policy/index.ts';
import { doorFiles } from '../../../policy/stacks/cedar/testing/door.ts';
import type { Given } from '../../testing/harness.ts';
import { signedBundle } from '../../testing/signed.ts';

const RUNTIME = '{ci: enforce, runtime: enforce}';

/** Reading is free, refunds want a person, nothing is dropped; a tool that is not known is not a subject of the policy. */
const ACTIONS = `${metadata('agent-action', ['inputs: [json]'], RUNTIME)}package exhibit.policies.agent_action

known := {"read", "refund", "drop", "loop"}

population contains {"id": input.action.tool, "type": "action", "name": input.action.tool} if {
	input.action.tool in known
}

violations contains {
	"subject": input.action.tool,
	"message": "a refund wants a person",
	"details": {"approval": true},
} if {
	input.action.tool == "refund"
}

violations contains {"subject": input.action.tool, "message": "more than 1000 is for nobody"} if {
	input.action.tool == "refund"
	input.action.arguments.amount > 1000
}

violations contains {"subject": input.action.tool, "message": "nothing is dropped"} if input.action.tool == "drop"
`;

/** Whoever comes by \`/admin\` needs the header \`x-role: admin\`. */
const HTTP = `${metadata('http-admin', ['inputs: [json]'], RUNTIME)}package exhibit.policies.http_admin

http := input.attributes.request.http

population contains {"id": sprintf("%s %s", [http.method, http.path]), "type": "request", "name": http.path} if http

violations contains {"subject": sprintf("%s %s", [http.method, http.path]), "message": "not an administrator"} if {
	input.parsed_path[0] == "admin"
	object.get(http, ["headers", "x-role"], "") != "admin"
}
`;

export interface Source {
  /** Settings of a server that serves the bundle. */
  settings: Given;
  remove(): void;
}

/** A signed bundle with the policies above and a Cedar policy set about doors. */
export async function applicationBundle(options: { expires?: number } = {}): Promise<Source> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-application-'));
  const [file, key] = [join(folder, 'bundle.tar.gz'), join(folder, 'bundle.pub.pem')];
  const pair = generateBundleKey();
  const files = {
    'policies/agent/agent-action/policy.rego': ACTIONS,
    'policies/http/http-admin/policy.rego': HTTP,
    ...doorFiles(),
  };
  writeFileSync(key, pair.publicKeyPem);
  writeFileSync(file, await signedBundle(pair.privateKeyPem, 1_700_000_000, files, options));
  return {
    settings: { bundles: [{ name: 'main', file, keys: [key] }] },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
