/**
 * `openline backup [FILE]`: the database as it is at this moment, in one file. With `--audio` a folder: the database and
 * the recordings. Runs beside a running station; a recording that is just being written is copied as far as it is.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { audioFolder } from '@openline/server';
import { complain, withStation } from './with-station.ts';

export function runBackup(args: readonly string[]): Promise<number> {
  const withAudio = args.includes('--audio');
  const names = args.filter((arg) => arg !== '--audio');
  return withStation(async ({ config, backUpDatabase }) => {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    const given = names[0] ?? join(config.dataFolder, 'backup', withAudio ? stamp : `${stamp}.sqlite`);
    const target = resolve(given);
    const database = withAudio ? join(target, 'openline.sqlite') : target;
    if (existsSync(database)) return complain([`${target} holds a backup already.`]);
    mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
    // Under its name only when it is whole: an interrupted backup is not taken for one.
    const unfinished = `${database}.unfinished`;
    rmSync(unfinished, { force: true });
    backUpDatabase(unfinished);
    if (withAudio) copyRecordings(audioFolder(config.dataFolder), join(target, 'audio'));
    renameSync(unfinished, database);
    console.log(`The backup is in ${target}.`);
    return 0;
  });
}

function copyRecordings(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
