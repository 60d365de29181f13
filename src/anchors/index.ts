/** What fixes a log in time and in other places: time stamps of an authority, checkpoints kept elsewhere. */
export { type Agreed, type AgreeOptions, agreeWith, firstDisagreement } from './agree.ts';
export { authorityUrl } from './authority.ts';
export { Keeper } from './keep.ts';
export { type Noted, readNoted, writeNoted } from './noted.ts';
export { openPlace, type Place, type PlaceSetting } from './place.ts';
export { failureOf, type StampOptions, stampLedger, type Taken } from './stamp.ts';
