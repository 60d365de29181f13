/** Looks at what is there, again and again, and judges it with the same bundle as everywhere. */
export * from './inventory/index.ts';
