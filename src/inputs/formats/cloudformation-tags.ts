/**
 * The long form of a short tag: `!Ref X` is `{"Ref": "X"}`, `!Sub X` is `{"Fn::Sub": "X"}`. A tag that CloudFormation does not
 * know becomes a function as well, so that its value is taken for unknown and never for the text that it stands before.
 * @see AWS CloudFormation, "Intrinsic function reference"
 */
export function longForm(tag: string, value: unknown): Record<string, unknown> {
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  // `!GetAtt A.B.C` names the resource A and its attribute B.C.
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}
