/**
 * Programs that end when the test process does, however it ends: a run that is broken off, or killed, leaves nothing behind.
 */
import { findProgram } from './peer-programs.ts';

const setpriv = findProgram('setpriv');

/** For spawn: a program that is not ours, killed by the kernel when we are gone (Linux). */
export function dyingWithUs(command: string, args: readonly string[]): [string, string[]] {
  return setpriv === null ? [command, [...args]] : [setpriv, ['--pdeathsig', 'KILL', command, ...args]];
}

/** Of Node, for a child with an IPC channel: it ends as by SIGTERM once we are gone. */
export const endingWithUs = [
  '--import',
  'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))',
];
