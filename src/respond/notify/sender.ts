import type { Message } from './message.ts';
import type { Notice } from './notices.ts';
import type { Sent } from './post.ts';

/** Tells one notice once. */
export interface Sender {
  send(message: Message, notice: Notice, now: number): Promise<Sent>;
  close?(): void;
}
