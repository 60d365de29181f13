import { ExhibitError, isExactNumber } from '../../record/index.ts';
import { type Origin, Origins } from '../origins.ts';
import { setMember } from '../places.ts';
import { isObject, memberOf, type Part } from '../source.ts';

const TRANSFORM = 'AWS::Serverless-2016-10-31';
const PREFIX = 'AWS::Serverless::';

/** APIs that the transform makes for events that name none, and the key by which an event would name one. */
const IMPLICIT = [
  { event: 'Api', names: 'RestApiId', id: 'ServerlessRestApi' },
  { event: 'HttpApi', names: 'ApiId', id: 'ServerlessHttpApi' },
] as const;

/**
 * A serverless template with what its Globals give: each resource has them among its properties, and the APIs that events of
 * functions ask for without a name are there under the names that AWS gives them. What stands in Globals keeps its place there.
 * What the transform makes besides (roles, permissions, stages) is not made: it is not in the value, so nothing is said of it.
 * @see AWS SAM developer guide, "Globals section of the AWS SAM template", "Resource attributes: IgnoreGlobals"
 */
export function withGlobals(part: Part): Part {
  const resources = memberOf(part.value, 'Resources');
  if (!isServerless(part.value) || !isObject(part.value) || !isObject(resources)) return part;
  const origins = new Origins();
  const here = (path: Origin['path']): Origin => ({ locate: (at) => part.locate(at), path });
  const made: Record<string, unknown> = {};
  for (const [id, { type, path }] of implicitApis(resources)) {
    made[id] = withShared({ Type: type, Properties: {} }, path);
    // It stands where the event stands that asks for it.
    origins.set(made, id, here(path));
  }
  for (const [id, resource] of Object.entries(resources))
    setMember(made, id, withShared(resource, ['Resources', id]));
  const value = { ...part.value, Resources: made };
  const missing = [...(part.missing ?? []), ...oddSettings(part)];
  return { ...part, value, missing, locate: origins.locator(value, (path) => part.locate(path)) };

  function withShared(resource: unknown, path: Origin['path']): unknown {
    const type = memberOf(resource, 'Type');
    if (!isObject(resource) || typeof type !== 'string' || !type.startsWith(PREFIX)) return resource;
    const section = type.slice(PREFIX.length);
    const written = memberOf(memberOf(part.value, 'Globals'), section);
    const shared = isObject(written) ? kept(written, memberOf(resource, 'IgnoreGlobals')) : {};
    const own = memberOf(resource, 'Properties') ?? {};
    if (Object.keys(shared).length === 0 || !isObject(own)) return resource;
    const properties = merge(
      { value: shared, at: here(['Globals', section]) },
      { value: own, at: here([...path, 'Properties']) },
    );
    return { ...resource, Properties: properties };
  }

  /** Mappings are merged, lists follow one another, and of anything else the resource's own value holds. */
  function merge(global: Spot, local: Spot): unknown {
    if (isMapping(global.value) && isMapping(local.value)) {
      const both = origins.joined([
        { value: global.value, at: global.at },
        { value: local.value, at: local.at },
      ]);
      for (const key of Object.keys(local.value))
        if (Object.hasOwn(global.value, key))
          setMember(both, key, merge(inside(global, global.value, key), inside(local, local.value, key)));
      return both;
    }
    if (Array.isArray(global.value) && Array.isArray(local.value)) {
      const list = [...global.value, ...local.value];
      const before = global.value.length;
      list.forEach((_, i) => {
        const [{ at }, index] = i < before ? [global, i] : [local, i - before];
        origins.set(list, i, { ...at, path: [...at.path, index] });
      });
      return list;
    }
    return local.value;
  }
}

interface Spot {
  value: unknown;
  at: Origin;
}

const inside = ({ at }: Spot, value: Record<string, unknown>, key: string): Spot => ({
  value: value[key],
  at: { ...at, path: [...at.path, key] },
});

function isServerless(value: unknown): boolean {
  const transform = memberOf(value, 'Transform');
  return transform === TRANSFORM || (Array.isArray(transform) && transform.includes(TRANSFORM));
}

/** An intrinsic function stands for a value, so it is not merged. */
function isMapping(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || isExactNumber(value)) return false;
  const [key, second] = Object.keys(value);
  const isFunction = key === 'Ref' || key === 'Condition' || key?.startsWith('Fn::') === true;
  return !(isFunction && second === undefined);
}

/** Properties of Globals that a resource does not ignore. */
function kept(shared: Record<string, unknown>, ignored: unknown): Record<string, unknown> {
  if (ignored === '*') return {};
  if (!Array.isArray(ignored)) return shared;
  return Object.fromEntries(Object.entries(shared).filter(([name]) => !ignored.includes(name)));
}

/** APIs that are made for events of functions, each with its type and the first event that asks for it. */
function implicitApis(
  resources: Record<string, unknown>,
): Map<string, { type: string; path: Origin['path'] }> {
  const apis = new Map<string, { type: string; path: Origin['path'] }>();
  for (const [id, resource] of Object.entries(resources)) {
    if (memberOf(resource, 'Type') !== `${PREFIX}Function`) continue;
    const events = memberOf(memberOf(resource, 'Properties'), 'Events');
    for (const [name, event] of Object.entries(isObject(events) ? events : {})) {
      const implicit = IMPLICIT.find((one) => one.event === memberOf(event, 'Type'));
      if (implicit === undefined || apis.has(implicit.id) || Object.hasOwn(resources, implicit.id)) continue;
      if ((memberOf(memberOf(event, 'Properties'), implicit.names) ?? null) !== null) continue;
      const path = ['Resources', id, 'Properties', 'Events', name];
      apis.set(implicit.id, { type: `${PREFIX}${implicit.event}`, path });
    }
  }
  return apis;
}

/** What the transform refuses, so that nobody knows what would be made of it. */
function oddSettings(part: Part): ExhibitError[] {
  const globals = memberOf(part.value, 'Globals');
  const odd = (path: Origin['path'], message: string, hint: string) =>
    new ExhibitError('INPUT_FORMAT', message, { location: part.locate(path), hint });
  if (globals !== undefined && !isObject(globals))
    return [odd(['Globals'], 'Globals is no mapping', 'Write one section for each kind of resource.')];
  const sections = Object.entries(globals ?? {}).filter(([, section]) => !isObject(section));
  const resources = memberOf(part.value, 'Resources');
  const ignoring = Object.entries(isObject(resources) ? resources : {}).filter(([, resource]) => {
    const ignored = memberOf(resource, 'IgnoreGlobals');
    return ignored !== undefined && ignored !== '*' && !Array.isArray(ignored);
  });
  return [
    ...sections.map(([name]) =>
      odd(['Globals', name], `Globals.${name} is no mapping`, 'Write the properties that resources share.'),
    ),
    ...ignoring.map(([id]) =>
      odd(
        ['Resources', id, 'IgnoreGlobals'],
        'IgnoreGlobals is neither "*" nor a list of properties',
        'The transform refuses the template.',
      ),
    ),
  ];
}
