/** A small policy set for tests: who may open which door. */
const METADATA = `@id("door-opened")
@title("Doors are opened by those who may")
@description("A person opens a door that is theirs; nobody opens a sealed one.")
@severity("high")
@owner("house")
@control("test/one full: It is the only policy of this control.")
@layers("{ci: enforce, runtime: enforce}")
@cadence("change")
@remediation("Ask whom the door belongs to.")
@since("2026-01-01")`;

export const POLICY = `${METADATA}
permit (
  principal,
  action == House::Action::"open",
  resource
)
when { resource.owner == principal };

@id("sealed")
forbid (
  principal,
  action == House::Action::"open",
  resource
)
when { resource.sealed };
`;

export const SCHEMA = `namespace House {
  entity Person;
  entity Door = {
    owner: Person,
    sealed: Bool,
  };

  action open, lock appliesTo {
    principal: [Person],
    resource: [Door],
    context: {}
  };
}
`;

const PERSON = 'House::Person';

export function door(id: string, owner: string, sealed: boolean): unknown {
  return {
    uid: { type: 'House::Door', id },
    attrs: { owner: { __entity: { type: PERSON, id: owner } }, sealed },
    parents: [],
  };
}

/** A person wants to do something with a door. */
export function asks(
  person: string,
  action: string,
  id: string,
  entities: readonly unknown[],
): Record<string, unknown> {
  return {
    principal: { type: PERSON, id: person },
    action: { type: 'House::Action', id: action },
    resource: { type: 'House::Door', id },
    context: {},
    entities,
  };
}

export const TESTS = JSON.stringify([
  {
    name: 'of her own',
    request: {
      principal: `${PERSON}::"ada"`,
      action: 'House::Action::"open"',
      resource: 'House::Door::"a"',
      context: {},
    },
    entities: [door('a', 'ada', false)],
    decision: 'allow',
    reason: ['door-opened'],
    num_errors: 0,
  },
]);

export const FOLDER = 'policies/house/door-opened';

/** The files of a repository with this policy set; others over them. */
export function doorFiles(others: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const all = {
    [`${FOLDER}/policy.cedar`]: POLICY,
    [`${FOLDER}/schema.cedarschema`]: SCHEMA,
    [`${FOLDER}/tests.json`]: TESTS,
    [`${FOLDER}/examples/good-own.json`]: JSON.stringify(asks('ada', 'open', 'a', [door('a', 'ada', false)])),
    [`${FOLDER}/examples/bad-sealed.json`]: JSON.stringify(
      asks('ada', 'open', 'a', [door('a', 'ada', true)]),
    ),
    ...others,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
  );
}
