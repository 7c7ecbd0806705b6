import { expect, it, vi } from 'vitest';
import { PROGRAM_FRAME_SAMPLES } from './program-tap.ts';
import { RunningOutputs, type RunningOutput } from './running-outputs.ts';
import type { ThreadOutputConfig } from './start-output.ts';

const BEFORE = new Float32Array(PROGRAM_FRAME_SAMPLES).fill(0.1);
const AFTER = new Float32Array(PROGRAM_FRAME_SAMPLES).fill(0.2);

function device(ref: string, isDelayed = false): ThreadOutputConfig {
  return { ref, type: 'device', isDelayed, program: 'aplay', device: null };
}

function harness() {
  const said: string[] = [];
  const heard: string[] = [];
  const closed: string[] = [];
  const feed = { frame: vi.fn<() => void>(), close: vi.fn<() => void>(), listen: () => () => {} };
  const outputs = new RunningOutputs({
    start: (config, feedOf): RunningOutput => {
      if (config.ref === 'wrong') throw new Error('Invalid URL');
      if (config.type === 'stream') feedOf(config.bitrateKbps);
      return {
        frame: (samples) => heard.push(`${config.ref} ${samples === AFTER ? 'after' : 'before'}`),
        close: () => closed.push(config.ref),
      };
    },
    createFeed: () => feed,
    report: (ref, state, error) => said.push(`${ref} ${state} ${error}`),
  });
  return { outputs, said, heard, closed, feed };
}

it('starts what is right beside what cannot be started, and says what is wrong with that', () => {
  const { outputs, said, heard } = harness();
  outputs.configure([device('one'), device('wrong'), device('two', true)]);
  outputs.frame(BEFORE, AFTER);
  expect(heard).toEqual(['one before', 'two after']);
  expect(said).toEqual(['wrong failed Invalid URL']);
});

it('tries what could not be started again with the next settings', () => {
  const { outputs, said } = harness();
  outputs.configure([device('wrong')]);
  outputs.configure([device('wrong'), device('one')]);
  expect(said).toHaveLength(2);
});

it('lets what stays as it is run on, and closes what has gone or changed', () => {
  const { outputs, closed, heard } = harness();
  outputs.configure([device('one'), device('two')]);
  outputs.configure([device('one'), device('two', true)]);
  expect(closed).toEqual(['two']);
  outputs.frame(BEFORE, AFTER);
  expect(heard).toEqual(['one before', 'two after']);
});

it('closes an encoder when nobody is left who listens to it', () => {
  const { outputs, feed } = harness();
  const stream = { ref: 'program', type: 'stream', isDelayed: true, name: '', maxListeners: 1 } as const;
  outputs.configure([{ ...stream, bitrateKbps: 96 }, device('one')]);
  outputs.frame(BEFORE, AFTER);
  expect(feed.frame).toHaveBeenCalledExactlyOnceWith(AFTER);
  outputs.configure([device('one')]);
  outputs.frame(BEFORE, AFTER);
  expect(feed.close).toHaveBeenCalledOnce();
  expect(feed.frame).toHaveBeenCalledOnce();
});
