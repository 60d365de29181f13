import { ExhibitError, type Location } from '../../record/index.ts';
import { parseJson } from '../json.ts';
import { jsonLocator } from '../json-locate.ts';
import { type Format, isObject, looksLikeJson, memberOf, type Source } from '../source.ts';
import { terraformLocator } from '../terraform-source.ts';
import type { JsonPath } from '../types.ts';
import { unwrap } from './terraform-wrapper.ts';

/** Versions of the plan format that are read. A new minor version only adds (Terraform, "JSON Output Format"). */
const SUPPORTED = /^(?:0\.[12]|1\.\d{1,6})$/;
const PLAN_KEYS = ['planned_values', 'resource_changes', 'output_changes', 'prior_state', 'configuration'];

/** What `terraform show -json PLAN` and `tofu show -json PLAN` print, also as the setup-terraform wrapper passes it on. */
export const terraformPlan: Format = {
  name: 'terraform-plan',
  reference: {
    known:
      "by its content: `format_version` with `planned_values`, `resource_changes`, `output_changes`, `prior_state` or `configuration`; the output of setup-terraform's wrapper, too",
    sees: 'the whole plan',
    positions:
      'the block in the `.tf` file beside the plan, or in a local module; else the place in the plan',
  },
  detect(source) {
    if (isWrapped(source)) return true;
    if (!looksLikeJson(source) || !source.text.includes('version"')) return false;
    try {
      const value = source.json();
      return isPlan(value) || isState(value);
    } catch {
      return false;
    }
  },
  parse(source) {
    const { start, end } = unwrap(source.text);
    const text = source.text.slice(start, end);
    const value = isWrapped(source) ? parseJson(source.file, text, source.text, start) : source.json();
    refuseOthers(source, value);
    const inPlan = jsonLocator(text);
    const inSource = terraformLocator(source.file, value, source.beside);
    return [
      {
        kind: 'terraform-plan',
        value,
        locate: (path): Location => inSource(path) ?? source.place(start + inPlan(path)),
      },
    ];
  },
  incomplete({ value, locate }) {
    const say = (message: string, path: JsonPath, hint: string) =>
      new ExhibitError('INPUT_FORMAT', message, { location: locate(path), hint });
    const errors: ExhibitError[] = [];
    if (memberOf(value, 'errored') === true)
      errors.push(
        say(
          'the plan is not whole: Terraform ended with an error',
          ['errored'],
          'Mend the error, and plan again.',
        ),
      );
    if (memberOf(value, 'complete') === false)
      errors.push(
        say(
          'the plan is not whole: more changes follow after it is applied',
          ['complete'],
          'Resources were deferred or left out by -target. Plan everything, or judge the plan that follows, too.',
        ),
      );
    const unreadable = changes(value).findIndex((change) => !isChange(change));
    if (unreadable >= 0)
      errors.push(
        say(
          `resource_changes[${unreadable}] is no resource: it has no address, type or change`,
          ['resource_changes', unreadable],
          'Terraform writes no such entry. Print the plan again.',
        ),
      );
    return errors;
  },
};

function changes(value: unknown): unknown[] {
  const list = memberOf(value, 'resource_changes') ?? [];
  // Another shape than a list is one entry that nobody can read.
  return Array.isArray(list) ? list : [list];
}

function isChange(change: unknown): boolean {
  return (
    typeof memberOf(change, 'address') === 'string' &&
    typeof memberOf(change, 'type') === 'string' &&
    isObject(memberOf(change, 'change'))
  );
}

function isWrapped(source: Source): boolean {
  return source.text.startsWith('[command]');
}

function isPlan(value: unknown): boolean {
  return (
    typeof memberOf(value, 'format_version') === 'string' &&
    (PLAN_KEYS.some((key) => memberOf(value, key) !== undefined) || memberOf(value, 'errored') !== undefined)
  );
}

/** A state: `show -json` without a plan (with nothing in it, too), or the state file itself. */
function isState(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (memberOf(value, 'lineage') !== undefined && memberOf(value, 'serial') !== undefined) return true;
  const known = ['format_version', 'terraform_version', 'values', 'checks'];
  return (
    memberOf(value, 'format_version') !== undefined &&
    !isPlan(value) &&
    Object.keys(value).every((k) => known.includes(k))
  );
}

function refuseOthers(source: Source, value: unknown): void {
  const location = { file: source.file, line: 1, column: 1 };
  if (isState(value)) {
    throw new ExhibitError('INPUT_FORMAT', 'the file is a Terraform state, not a plan', {
      location,
      hint: 'Write the plan to a file and print that: terraform plan -out=FILE, then terraform show -json FILE.',
    });
  }
  if (!isPlan(value)) {
    throw new ExhibitError('INPUT_FORMAT', 'the file is not the JSON form of a Terraform plan', {
      location,
      hint: 'Print it with: terraform show -json FILE.',
    });
  }
  if (typeof memberOf(value, 'kind') === 'string' && typeof memberOf(value, 'apiVersion') === 'string') {
    throw new ExhibitError('INPUT_FORMAT', 'the file is a Terraform plan and a Kubernetes object at once', {
      location,
      hint: 'No tool writes such a file. One of the two would not be judged.',
    });
  }
  const version = String(memberOf(value, 'format_version'));
  if (!SUPPORTED.test(version)) {
    throw new ExhibitError(
      'INPUT_FORMAT',
      `plan format_version ${JSON.stringify(version.slice(0, 32))} is not supported`,
      {
        location,
        hint: 'Supported are 0.1, 0.2 and 1.x, which Terraform 0.12 to 1.x and OpenTofu write. Update Exhibit for a newer one.',
      },
    );
  }
}
