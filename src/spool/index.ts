/** What is on its way to an evidence server: on disk before it is acknowledged here, sent until it is acknowledged there. */
export { type HttpSinkOptions, httpSink } from './http-sink.ts';
export { openSpool } from './spool.ts';
export * from './types.ts';
