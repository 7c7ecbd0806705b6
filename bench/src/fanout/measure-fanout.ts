/**
 * What it costs the server, and how long it takes, to tell many consoles at once: a whole server process (without
 * telephones) on loopback, its consoles in another process.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { StationProcess } from '@openline/server/testing';
import { DiskWitness } from '../disk-witness.ts';
import { type Distribution, distributionOf } from '../distribution.ts';
import { cpuShare, readCpuTimes } from '../process-usage.ts';
import { Witness } from '../witness.ts';
import { Listeners } from './listeners.ts';

export interface FanoutFigures {
  reachMs: Distribution;
  /** From the first console to the last. */
  spreadMs: Distribution;
  /** Processor time of the server for one change. */
  serverMs: number;
  /** Of an idle thread meanwhile: what any process here has to bear. */
  witnessMs: Distribution;
  /** Of the disk meanwhile. */
  diskMs: Distribution;
  /** Of all that were to come. */
  lostPercent: number;
  /** The same while one console does not read. */
  reachWhileStalledMs: Distribution;
  stalledCutAfterMs: number;
  othersClosed: number;
}

export interface MeterFigures {
  cpuPercent: number;
  /** A second, at one console. */
  framesPerSecond: number;
}

const UPDATE_EVERY_MS = 60;
const users = [{ id: 'anna', name: 'Anna', role: 'producer' }];

export async function measureFanout(consoles: number, rounds: number): Promise<FanoutFigures> {
  const station = await StationProcess.create({ users, capacity: 24 });
  await station.start();
  const listeners = await Listeners.start();
  const stalling = await Listeners.start();
  const witness = new Witness();
  try {
    await listeners.listen(station.url('anna'), consoles);
    const sender = await openSender(station.url('anna'));
    await updates(sender, listeners, 20);
    await witness.latenessMs();
    const before = readCpuTimes(station.pid);
    const quiet = await updates(sender, listeners, rounds);
    const after = readCpuTimes(station.pid);
    const witnessMs = await witness.latenessMs();
    await stalling.listen(station.url('anna'), 1);
    const cut = Promise.race([stalling.ask({ type: 'stall' }), pause(40_000, null)]);
    const stalled = await updates(sender, listeners, rounds);
    const cutAnswer = await cut;
    sender.close();
    const expected = consoles * rounds;
    return {
      reachMs: distributionOf(quiet.delaysMs),
      spreadMs: distributionOf(quiet.spreadsMs),
      serverMs: before && after ? (after.processMs - before.processMs) / rounds : Number.NaN,
      witnessMs,
      diskMs: distributionOf(quiet.diskMs),
      lostPercent: 100 * Math.max(0, 1 - quiet.delaysMs.length / expected),
      reachWhileStalledMs: distributionOf(stalled.delaysMs),
      stalledCutAfterMs: cutAnswer?.type === 'cut' ? cutAnswer.afterMs : Number.NaN,
      othersClosed: stalled.closed,
    };
  } finally {
    await witness.stop();
    await stalling.stop();
    await listeners.stop();
    await station.remove();
  }
}

export async function measureMeters(calls: number, consoles: number, seconds: number): Promise<MeterFigures> {
  const station = await StationProcess.create({ users, capacity: calls });
  await station.start();
  const listeners = await Listeners.start();
  try {
    for (let call = 0; call < calls; call += 1) {
      const owner = { kind: 'line', lineId: 'studio' } as const;
      await station.play({ do: 'callIn', owner, number: `+2207${String(call).padStart(6, '0')}` });
    }
    const sender = await openSender(station.url('anna'));
    const channels = Array.from({ length: calls }, (_, at) => [`studio-${at + 1}`, 'on_hold'] as const);
    sender.send(JSON.stringify({ event: 'channelMode', data: Object.fromEntries(channels) }));
    await listeners.listen(station.url('anna'), consoles, '{"event":"subscribe","data":{"meters":true}}');
    await listeners.ask({ type: 'expect', text: '"event":"meters"' });
    await station.play({ do: 'meters', isOn: true });
    await pause(1_000);
    await listeners.arrivals();
    const before = readCpuTimes(station.pid);
    const startedAt = performance.now();
    await pause(seconds * 1_000);
    const share = cpuShare(before, readCpuTimes(station.pid));
    const { ns } = await listeners.arrivals();
    sender.close();
    const elapsedS = (performance.now() - startedAt) / 1_000;
    return {
      cpuPercent: share?.processPercent ?? Number.NaN,
      framesPerSecond: ns.length / consoles / elapsedS,
    };
  } finally {
    await listeners.stop();
    await station.remove();
  }
}

async function openSender(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('message', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  return socket;
}

/** One update after another, each from the moment it is asked for to its arrival at each console. */
async function updates(
  sender: WebSocket,
  listeners: Listeners,
  rounds: number,
): Promise<{ delaysMs: number[]; spreadsMs: number[]; diskMs: number[]; closed: number }> {
  const delaysMs: number[] = [];
  const spreadsMs: number[] = [];
  const diskMs: number[] = [];
  const disk = new DiskWitness();
  let closed = 0;
  await listeners.ask({ type: 'expect', text: '"event":"channelUpdate"' });
  for (let round = 0; round < rounds; round += 1) {
    const askedAt = Number(process.hrtime.bigint());
    isMuted = !isMuted;
    sender.send(JSON.stringify({ event: 'channelMuted', data: { 'studio-1': isMuted } }));
    await pause(UPDATE_EVERY_MS);
    const arrivals = await listeners.arrivals();
    closed = arrivals.closed;
    const reachedMs = arrivals.ns.map((ns) => (ns - askedAt) / 1e6);
    delaysMs.push(...reachedMs);
    spreadsMs.push(Math.max(...reachedMs) - Math.min(...reachedMs));
    diskMs.push(disk.writeMs());
  }
  disk.stop();
  return { delaysMs, spreadsMs, diskMs, closed };
}

/** Every update changes something, so that there is one. */
let isMuted = false;
