/** A log that lies in a bucket, written by one folder at a time. */
export { type AttachOptions, attachLedger } from './attach.ts';
export type { BucketFacts } from './facts.ts';
export { followLedger, type Joined, joinLedger, type Mirrored } from './mirror.ts';
export { BEAT, remoteOf, setPatience } from './remote.ts';
export { locksOf, type RemotePlaces, type RemoteSettings, readRemote, remoteSchema } from './settings.ts';
export { type TakenOver, type TakeOverOptions, takeOver } from './take-over.ts';
