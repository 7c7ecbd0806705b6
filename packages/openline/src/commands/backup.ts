/**
 * `openline backup [FOLDER]`: a folder with the database as it is at this moment and the recordings. Runs beside a
 * running station; a recording that is just being written is copied as far as it is.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { audioFolder } from '@openline/server';
import { complain, withStation } from './with-station.ts';

export function runBackup(args: readonly string[]): Promise<number> {
  return withStation(async ({ config, backUpDatabase }) => {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    const target = resolve(args[0] ?? join(config.dataFolder, 'backup', stamp));
    if (existsSync(join(target, 'openline.sqlite'))) return complain([`${target} holds a backup already.`]);
    mkdirSync(target, { recursive: true, mode: 0o700 });
    backUpDatabase(join(target, 'openline.sqlite'));
    const recordings = audioFolder(config.dataFolder);
    if (existsSync(recordings)) cpSync(recordings, join(target, 'audio'), { recursive: true });
    console.log(`The backup is in ${target}.`);
    return 0;
  });
}
