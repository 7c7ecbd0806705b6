/** What the command line uses of the server: its files and its environment. The server itself is started as main.ts. */
export { audioFolder, databasePath, readConfig } from './config.ts';
export type { Config, ConfigResult } from './config.ts';
export { checkMachine, ownAddresses } from './machine-checks.ts';
export type { MachineCheck } from './machine-checks.ts';
export type { Settings } from './settings/schema.ts';
export { openStationFiles } from './station-files.ts';
export type { StationFiles, StationFilesResult } from './station-files.ts';
/** What the benchmark measures of the storage. */
export { openStoredDesk, type StoredDesk } from './storage/testing/stored-desk.ts';
export { createNumberPlan } from './numbers/number-plan.ts';
export { createCallStore } from './storage/call-store.ts';
export { openDatabase } from './storage/database.ts';
export { createMessageStore } from './storage/message-store.ts';
export { openStores } from './storage/stores.ts';
