import type { ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { restartPauseMs, SupervisedProcess, type ReadyMessage } from './supervised-process.ts';

class FakeChild extends EventEmitter {
  pid = 1;
  readonly signals: string[] = [];
  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }
}

function supervise() {
  const children: FakeChild[] = [];
  const envs: NodeJS.ProcessEnv[] = [];
  const timers: { run: () => void; delayMs: number }[] = [];
  const ready: ReadyMessage[] = [];
  const refused: number[] = [];
  const clock = { now: 0 };
  const process = new SupervisedProcess({
    name: 'engine',
    entry: 'main.ts',
    env: { OPENLINE_SIP_PORT: '0' },
    onReady: (message) => ready.push(message),
    onRefused: (code) => refused.push(code),
    log: () => undefined,
    now: () => clock.now,
    setTimer: (run, delayMs) => timers.push({ run, delayMs }),
    forkProcess: ((_entry: string, _args: string[], options: { env: NodeJS.ProcessEnv }) => {
      envs.push(options.env);
      const child = new FakeChild();
      children.push(child);
      return child as unknown as ChildProcess;
    }) as typeof fork,
  });
  process.start();
  /** The present child ends after so long. */
  const die = (afterMs: number, code: number | null = null, signal: string | null = 'SIGKILL') => {
    clock.now += afterMs;
    children.at(-1)?.emit('exit', code, signal);
  };
  return { process, children, envs, timers, ready, refused, die };
}

test('the first death is followed by a start at once', () => {
  const { children, timers, die } = supervise();
  die(60_000);
  expect(children).toHaveLength(2);
  expect(timers).toEqual([]);
});

test('dying young again and again makes pauses that grow to a limit', () => {
  const { timers, die } = supervise();
  die(100);
  for (let death = 0; death < 8; death += 1) {
    die(100);
    timers.at(-1)?.run();
  }
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a long life is forgiven: the next death is followed by a start at once', () => {
  const { children, timers, die } = supervise();
  die(100);
  die(100);
  timers.at(-1)?.run();
  die(60_000);
  expect(timers).toHaveLength(1);
  expect(children).toHaveLength(4);
});

test('the ports that it took are given to it again', () => {
  const { children, envs, ready, die } = supervise();
  children[0]?.emit('message', { type: 'ready', keep: { OPENLINE_SIP_PORT: '5071' } });
  children[0]?.emit('message', 'something else');
  die(60_000);
  expect(ready).toHaveLength(1);
  expect(envs.map((env) => env['OPENLINE_SIP_PORT'])).toEqual(['0', '5071']);
});

test('wrong settings before it was ever ready: it stays down and says so', () => {
  const { children, refused, die } = supervise();
  die(500, 78, null);
  expect(refused).toEqual([78]);
  expect(children).toHaveLength(1);
});

test('the same exit code later is a crash like any other', () => {
  const { children, refused, die } = supervise();
  children[0]?.emit('message', { type: 'ready' });
  die(60_000, 78, null);
  expect(refused).toEqual([]);
  expect(children).toHaveLength(2);
});

test('stop() asks it to end, waits, and nothing is started again', async () => {
  const { process, children, die } = supervise();
  let isStopped = false;
  const stopping = process.stop().then(() => (isStopped = true));
  expect(children[0]?.signals).toEqual(['SIGTERM']);
  expect(isStopped).toBe(false);
  die(10, 0, null);
  await stopping;
  expect(children).toHaveLength(1);
});

test('no pause before the first restart', () => {
  expect([0, 1, 2].map(restartPauseMs)).toEqual([0, 0, 500]);
});

test('one that was retired is not started again, however it ends', () => {
  const { process, children, timers, die } = supervise();
  process.retire();
  die(60_000, 0, null);
  expect(children).toHaveLength(1);
  expect(timers).toEqual([]);
});
