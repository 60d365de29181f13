/** One text that several writers replace by compare and swap: in a bucket, in DynamoDB, or in a SQLite file. */
export { type DynamoDbPlace, dynamoDbCell } from './dynamodb.ts';
export { s3Cell } from './s3.ts';
export { sqliteCell } from './sqlite.ts';
export { type Held, MOST_CELL_BYTES, type SwapCell } from './types.ts';
