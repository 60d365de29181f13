/** Merged changes against the runs of the gate: who came past it, and how many were looked at. */
export { type AskOptions, apiBase } from './ask.ts';
export { type FetchRequest, fetchGithub, fetchGitlab } from './fetch.ts';
export { githubValue, takeGithub } from './github.ts';
export { type GraphqlPage, takeGithubGraphql } from './github-graphql.ts';
export { gitlabValue, takeGitlab } from './gitlab.ts';
export { isVerified, type JudgeOptions, judgeChanges } from './judge.ts';
export { chooseChanges, protectionsOf } from './protected.ts';
export { GATED, mergeRecords, TOOL } from './records.ts';
export { gateRuns } from './runs.ts';
export type * from './types.ts';
export { BYPASS_KINDS } from './types.ts';
export { noFacts, repositoryKey } from './values.ts';
