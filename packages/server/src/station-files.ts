/**
 * A station's stored things, opened without running it: for the command line, also while the server runs (which sees
 * what was changed within a second).
 */
import type { DatabaseSync } from 'node:sqlite';
import { databasePath, readConfig, type Config } from './config.ts';
import { readSettingsFile } from './settings/settings-file.ts';
import { StationSettings } from './settings/station-settings.ts';
import { copyDatabase, openDatabase } from './storage/database.ts';
import { createSettingsStore } from './storage/settings-store.ts';

export interface StationFiles {
  config: Config;
  settings: StationSettings;
  /** Copies the database as it is now; refuses nothing that runs. */
  backUpDatabase: (target: string) => void;
  close(): void;
}

export type StationFilesResult = { ok: true; files: StationFiles } | { ok: false; problems: string[] };

export async function openStationFiles(env: NodeJS.ProcessEnv): Promise<StationFilesResult> {
  const config = readConfig(env);
  if (!config.ok) return config;
  const file = readSettingsFile(config.config.settingsFile);
  if (!file.ok) return { ok: false, problems: [file.problem] };
  const opened = openDatabase(databasePath(config.config.dataFolder));
  if (!opened.ok) return { ok: false, problems: [opened.problem] };
  const database: DatabaseSync = opened.database;
  const settings = await StationSettings.load(createSettingsStore(database, Date.now), file.document);
  if (!settings.ok) {
    database.close();
    return settings;
  }
  return {
    ok: true,
    files: {
      config: config.config,
      settings: settings.settings,
      backUpDatabase: (target) => copyDatabase(database, target),
      close: () => database.close(),
    },
  };
}
