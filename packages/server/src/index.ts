/** What the command line uses of the server: its files and its environment. The server itself is started as main.ts. */
export { audioFolder, databasePath, readConfig } from './config.ts';
export type { Config, ConfigResult } from './config.ts';
export { openStationFiles } from './station-files.ts';
export type { StationFiles, StationFilesResult } from './station-files.ts';
