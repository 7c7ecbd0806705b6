/**
 * The command line under Node 24: started by bin/openline.mjs (or directly). Exit code 0, or 1 with a sentence on
 * standard error.
 */
import { runStation } from './launcher.ts';

// The data folder holds SIP secrets and listeners' numbers: what we and our children write is for our user alone.
process.umask(0o077);

const USAGE = `openline start                      runs the station
openline demo                       runs a station with simulated callers
openline user add ID NAME ROLE      makes a user; the password is asked for
openline user password ID           gives a user a new password
openline settings export [FILE]     writes the settings as one JSON document
openline settings import FILE       replaces the settings
openline backup [FILE]              copies the database into one file while everything runs
openline backup --audio [FOLDER]    copies database and recordings into a folder
openline doctor                     checks ports, permissions, clock and disk`;

const [command = 'start', ...rest] = process.argv.slice(2);

process.exit(await run());

async function run(): Promise<number> {
  switch (command) {
    case 'start':
      return runStation({ env: {} });
    case 'demo':
      return (await import('./demo.ts')).runDemo();
    case 'user':
      return (await import('./commands/user.ts')).runUser(rest);
    case 'settings':
      return (await import('./commands/settings.ts')).runSettings(rest);
    case 'backup':
      return (await import('./commands/backup.ts')).runBackup(rest);
    case 'doctor':
      return (await import('./commands/doctor.ts')).runDoctor();
    case 'help':
    case '--help':
      console.log(USAGE);
      return 0;
    default:
      console.error(`There is no command "${command}".\n${USAGE}`);
      return 1;
  }
}
