// The client protocol: every event with its schema and types, the state, the error codes, the roles.
export * from './actions.ts';
export * from './answers.ts';
export * from './client-events.ts';
export { asyncApiDocument } from './documents/asyncapi.ts';
export { examples } from './documents/examples.ts';
export { errorsPage, protocolPage } from './documents/page.ts';
export type { Block } from './documents/page.ts';
export * from './error-codes.ts';
export { MAX_KEYS } from './event-forms.ts';
export * from './frame.ts';
export * from './json-schema.ts';
export * from './level-law.ts';
export * from './records.ts';
export { DEFAULT_PAGE, MAX_PAGE } from './record-events.ts';
export * from './roles.ts';
export * from './server-events.ts';
export * from './state.ts';
export * from './values.ts';
