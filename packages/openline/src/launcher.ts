/**
 * Runs the engine and the server side by side, each restarted alone when it dies, until it is told to stop. The
 * children hang on our IPC channel: when we are gone, however, they end by themselves.
 */
import { fileURLToPath } from 'node:url';
import { readConfig } from '@openline/server';
import { SupervisedProcess, type ReadyMessage } from './supervised-process.ts';

export interface LauncherOptions {
  env: Record<string, string>;
  /** Printed under the address, once. */
  onFirstReady?: (address: string) => void;
  /** Awaited before the station's own processes are stopped. */
  beforeEnd?: () => Promise<void> | undefined;
  print?: (line: string) => void;
  entries?: { engine: string; server: string };
}

const ENTRIES = {
  engine: fileURLToPath(import.meta.resolve('@openline/engine').replace(/index\.ts$/, 'main.ts')),
  server: fileURLToPath(import.meta.resolve('@openline/server').replace(/index\.ts$/, 'main.ts')),
};

/** Resolves with the exit code when everything has ended. */
export function runStation(options: LauncherOptions): Promise<number> {
  const { env, print = console.log, entries = ENTRIES } = options;
  const log = (line: string): void => console.error(line);
  // Here, once, so that the two children do not both complain.
  const checked = readConfig({ ...process.env, ...env });
  if (!checked.ok) {
    for (const problem of checked.problems) log(problem);
    return Promise.resolve(1);
  }

  return new Promise((resolve) => {
    let isEnding = false;
    let isShown = false;
    let lastLink: string | null = null;

    const end = async (exitCode: number): Promise<void> => {
      if (isEnding) return;
      isEnding = true;
      // Ctrl+C in a terminal reaches all of us: who ends by that has not failed.
      server.retire();
      engine.retire();
      await options.beforeEnd?.();
      // The server first: it writes its last rows while the engine still tells it how the calls ended.
      await server.stop();
      await engine.stop();
      resolve(exitCode);
    };
    const shared = { env, log, onRefused: () => void end(1) };

    const showAddress = (message: ReadyMessage): void => {
      const isNewLink = Boolean(message.setUpLink) && message.setUpLink !== lastLink;
      lastLink = message.setUpLink ?? null;
      if (!isShown) print(`Openline is running: ${message.address}`);
      if (isNewLink) print(`Set it up here (the link works once): ${message.setUpLink}`);
      if (!isShown && message.address) options.onFirstReady?.(message.address);
      isShown = true;
    };

    const engine = new SupervisedProcess({
      ...shared,
      name: 'engine',
      entry: entries.engine,
      // It makes little garbage: a small nursery costs it nothing and saves 10 MB in its three threads.
      execArgv: ['--max-semi-space-size=2'],
      onReady: () => undefined,
    });
    const server = new SupervisedProcess({
      ...shared,
      name: 'server',
      entry: entries.server,
      // Lists of hundreds of records are its garbage: with a large nursery it is collected at times for longer than
      // an answer takes.
      execArgv: ['--max-semi-space-size=4'],
      onReady: showAddress,
    });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
    process.on('disconnect', () => void end(0));

    engine.start();
    server.start();
  });
}
