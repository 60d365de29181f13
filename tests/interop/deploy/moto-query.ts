import { CREDENTIALS, REGION } from '../events/moto.ts';

/** Asks moto by the query protocol of AWS, as IAM and CloudFormation have it. @throws Error with what it answered */
export async function ask(
  endpoint: string,
  service: 'iam' | 'cloudformation',
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // moto takes any signature; the scope names the service.
      authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20270101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Version: service === 'iam' ? '2010-05-08' : '2010-05-15', ...fields }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${fields.Action}: ${answer.status} ${text}`);
  return text;
}

/** The text of the first element of a name. */
export function element(xml: string, name: string): string {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  if (text === undefined) throw new Error(`no ${name} in ${xml}`);
  return text.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&');
}

/** A document that IAM gives: JSON, percent-encoded. */
export const documentOf = (xml: string, name: string): unknown =>
  JSON.parse(decodeURIComponent(element(xml, name)));
