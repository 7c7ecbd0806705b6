/**
 * What a page says and hears, with the times, for the measurement of a headset: taps on the microphone that the page opens and
 * on the sound that its headset receives. Put into the page before the console runs (measure-headset.ts).
 *
 * The browser stamps each piece: of the microphone when the device gave it, of the received sound when it left the jitter buffer
 * for the output device, which keeps it for `outputLatencyMs` more. A context of Web Audio would not do as an ear: it has a queue
 * of its own on received sound, which grows whenever the machine held it up, and the page does not play through one.
 */
import type { Page } from 'playwright-core';

/** Taps keep sound at this rate, as telephones do. */
const RATE = 8000;

/** Pieces of sound in order; `atMs` is a time of the page's performance.now(). */
export type TappedSound = { atMs: number; samples: number[] }[];

export interface PageFigures {
  said: TappedSound;
  heard: TappedSound;
  /** What the browser itself says of its jitter buffer and of its output device. */
  jitterBufferMs: number;
  outputLatencyMs: number;
  /** Sound that it had to make up. */
  concealedPercent: number;
}

interface Taps {
  collect(): Promise<PageFigures>;
}

export async function tapPage(page: Page): Promise<void> {
  await page.addInitScript(installTaps, RATE);
}

/** What was said and heard since this was asked last. */
export function collectFromPage(page: Page): Promise<PageFigures> {
  return page.evaluate(() => (Reflect.get(window, 'openlineTaps') as Taps).collect());
}

/** Runs in the page. */
function installTaps(rate: number): void {
  interface Piece {
    atMs: number;
    samples: Float32Array;
    rate: number;
  }
  /** As the browser has it; the types of the language do not know it yet. */
  interface Sound {
    /** Microseconds, on the clock of performance.now(). */
    timestamp: number;
    sampleRate: number;
    numberOfFrames: number;
    copyTo(to: Float32Array, options: { planeIndex: number; format: 'f32-planar' }): void;
    close(): void;
  }
  type Processor = new (options: { track: MediaStreamTrack }) => { readable: ReadableStream<Sound> };

  const said: Piece[] = [];
  const heard: Piece[] = [];
  let connection: RTCPeerConnection | null = null;
  let output: AudioContext | null = null;

  async function follow(track: MediaStreamTrack, pieces: Piece[]): Promise<void> {
    const TrackProcessor = Reflect.get(window, 'MediaStreamTrackProcessor') as Processor;
    const reader = new TrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      pieces.push({ atMs: value.timestamp / 1000, samples, rate: value.sampleRate });
      value.close();
    }
  }

  const Original = window.RTCPeerConnection;
  function tapConnection(made: RTCPeerConnection): void {
    connection = made;
    made.addEventListener('track', ({ track }) => {
      output ??= new AudioContext({ latencyHint: 'interactive' });
      void follow(track, heard);
    });
  }
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      tapConnection(this);
    }
  };

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    const [track] = stream.getAudioTracks();
    if (track) void follow(track.clone(), said);
    return stream;
  };

  /** Means of as many samples as make one at `rate`, in whole pieces. */
  function taken(pieces: Piece[]): TappedSound {
    return pieces.splice(0).map(({ atMs, samples, rate: from }) => {
      const step = from / rate;
      const meanAt = (at: number) => {
        const part = samples.subarray(Math.round(at * step), Math.round((at + 1) * step));
        return part.reduce((sum, value) => sum + value, 0) / part.length;
      };
      const length = Math.floor(samples.length / step);
      return { atMs, samples: Array.from({ length }, (_, at) => Math.round(meanAt(at) * 1e5) / 1e5) };
    });
  }

  async function countsOfReceived() {
    const counts = { delayS: 0, emitted: 0, concealed: 0, total: 0 };
    for (const report of (await connection?.getStats())?.values() ?? []) {
      if (report.type !== 'inbound-rtp') continue;
      counts.delayS = report.jitterBufferDelay;
      counts.emitted = report.jitterBufferEmittedCount;
      counts.concealed = report.concealedSamples;
      counts.total = report.totalSamplesReceived;
    }
    return counts;
  }

  let before = { delayS: 0, emitted: 0, concealed: 0, total: 0 };
  const taps: Taps = {
    async collect() {
      const counts = await countsOfReceived();
      const figures = {
        said: taken(said),
        heard: taken(heard),
        jitterBufferMs: (1000 * (counts.delayS - before.delayS)) / (counts.emitted - before.emitted),
        concealedPercent: (100 * (counts.concealed - before.concealed)) / (counts.total - before.total),
        outputLatencyMs: 1000 * (output?.outputLatency ?? Number.NaN),
      };
      before = counts;
      return figures;
    },
  };
  Reflect.set(window, 'openlineTaps', taps);
}
