/**
 * Members that are the verdict's own word, the check or the subject. A mutant of one of them may say another pass: it is another statement of the tool, and
 * no reader could know. Every other member must not be able to. For Conftest the lists are the word: it leaves an empty one out.
 */
const SPEAKING: Readonly<Record<string, RegExp>> = {
  'checkov-json':
    /^(check_type|check_id|result|resource|resource_address|file_path|repo_file_path|file_line_range)$/,
  'trivy-json': /^(Status|ID|AVDID|Target|Class|Type|Resource|CauseMetadata|Kind|Name|Namespace)$/,
  'trivy-operator': /^(success|checkID|metadata|labels|trivy-operator\..*|name|namespace|kind)$/,
  'conftest-json': /^(filename|namespace|successes|failures|warnings|exceptions|skipped)$/,
  'kics-json': /^$/,
  'terrascan-json': /^(passed_rules|rule_id|scan_summary|file\/folder)$/,
  'tfsec-json': /^(status|passed|rule_id|long_id|resource|filename)$/,
  'kubescape-json': /^(status|subStatus|controlID|resourceID)$/,
  'kube-bench-json': /^(status|type|test_number|version|node_type)$/,
  sarif:
    /^(kind|level|baselineState|suppressions|status|ruleId|ruleIndex|rule|id|rules|name|tool|driver|extensions|toolComponent|guid|index|uri|uriBaseId|artifacts|location|locations|physicalLocation|artifactLocation|originalUriBaseIds|SRC|ROOT|logicalLocations|fullyQualifiedName)$/,
};
/** Formats of which it is known member by member what speaks. */
export const named: readonly string[] = Object.keys(SPEAKING);

/** For formats that are not named above: whatever looks like one of the three. */
const ANY =
  /status|state|result|verdict|success|pass|fail|complian|outcome|allow|decision|action|type|kind|name|uid|id$|arn|account|resource|target|subject|policy|rule|check|control|scope|group|path|region|project|namespace|metadata|unmapped|finding|user|verb|request|response|code|reason|category|properties|source|topic|event|annotations|labels|object/i;

/** @param id of a source */
export function speaks(id: string, name: string): boolean {
  return (SPEAKING[id] ?? ANY).test(name);
}

/**
 * Members that say something by not being there: without a list of failures a document of Conftest has none. A mutant of any other member that speaks may
 * say a pass of something else, but not one more.
 */
const SILENT: Readonly<Record<string, RegExp>> = {
  'checkov-json': /^$/,
  'trivy-json': /^$/,
  'trivy-operator': /^$/,
  'conftest-json': /^(successes|failures|warnings|exceptions|skipped)$/,
  'kics-json': /^$/,
  'terrascan-json': /^$/,
  'tfsec-json': /^$/,
  'kubescape-json': /^subStatus$/,
  'kube-bench-json': /^$/,
  sarif: /^(suppressions|status|baselineState)$/,
};

/** Whether a mutant of this member may have more passes than its original. */
export const mayAdd = (id: string, name: string): boolean => (SILENT[id] ?? ANY).test(name);
