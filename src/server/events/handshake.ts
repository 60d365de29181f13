import { z } from 'zod';
import type { Handler } from '../app.ts';

/** @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
const validation = z.tuple([
  z.looseObject({
    eventType: z.literal('Microsoft.EventGrid.SubscriptionValidationEvent'),
    data: z.looseObject({ validationCode: z.string().min(1).max(512) }),
  }),
]);

/** The code that Azure Event Grid wants back before it sends anything; undefined for what is no such question. */
export function validationCode(value: unknown): string | undefined {
  const parsed = validation.safeParse(value);
  return parsed.success ? parsed.data[0].data.validationCode : undefined;
}

/**
 * What a sender of CloudEvents asks before it sends: whether its origin may.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md section 4
 */
export const allowOrigin: Handler = ({ request, response }) => {
  const origin = request.headers['webhook-request-origin'];
  response.writeHead(200, {
    allow: 'POST',
    ...(typeof origin === 'string' && /^[\w.:-]{1,253}$/.test(origin)
      ? { 'webhook-allowed-origin': origin }
      : {}),
    'webhook-allowed-rate': '*',
    'content-length': 0,
  });
  response.end();
};
