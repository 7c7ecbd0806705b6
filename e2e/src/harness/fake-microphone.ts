/**
 * Chromium with a microphone that plays a tone, and an ear for what its headset hears: the page's own WebRTC connections are
 * listened to beside it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';

const RATE = 48_000;
const SECONDS = 10;
const AMPLITUDE = 0.25;

/** Its microphone, in every page, says `hz` for ever; nobody is asked whether a page may use it. */
export function startTalkingBrowser(folder: string, hz: number): Promise<Browser> {
  return startBrowserSaying(folder, tonePcm(hz));
}

/** The same with any sound, ±1 full scale at 48 kHz, again and again. */
export function startBrowserSaying(folder: string, pcm: Float32Array): Promise<Browser> {
  const file = join(folder, 'microphone.wav');
  writeFileSync(file, wavOf(pcm));
  return startBrowser([
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${file}`,
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
  ]);
}

/** A whole number of periods, so that its end goes on in its beginning. */
function tonePcm(hz: number): Float32Array {
  const step = (2 * Math.PI * hz) / RATE;
  return Float32Array.from({ length: RATE * SECONDS }, (_, at) => AMPLITUDE * Math.sin(step * at));
}

function wavOf(pcm: Float32Array): Buffer {
  const samples = pcm.length;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (const [at, value] of pcm.entries()) wav.writeInt16LE(Math.round(value * 32_767), 44 + at * 2);
  return wav;
}

/** To be called before the page is opened: afterwards `heardOnPage` knows what its headset hears. */
export async function listenOnPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ears: { analyser: AnalyserNode; rate: number }[] = [];
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        this.addEventListener('track', ({ track }) => {
          const context = new AudioContext();
          const analyser = context.createAnalyser();
          analyser.fftSize = 8192;
          context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
          ears.push({ analyser, rate: context.sampleRate });
        });
      }
    };
    Reflect.set(window, 'heardDb', (hz: number): number => {
      const ear = ears.at(-1);
      if (!ear) return -120;
      const samples = new Float32Array(ear.analyser.fftSize);
      ear.analyser.getFloatTimeDomainData(samples);
      let [real, imaginary, weights] = [0, 0, 0];
      for (const [at, sample] of samples.entries()) {
        const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / samples.length);
        const angle = (2 * Math.PI * hz * at) / ear.rate;
        real += weight * sample * Math.cos(angle);
        imaginary += weight * sample * Math.sin(angle);
        weights += weight;
      }
      const amplitude = (2 * Math.hypot(real, imaginary)) / weights;
      return 20 * Math.log10(Math.max(amplitude / Math.SQRT2, 1e-6));
    });
  });
}

/** Level of a tone in what the headset of the page hears now, dBFS. */
export function heardOnPage(page: Page, hz: number): Promise<number> {
  return page.evaluate((tone) => (Reflect.get(window, 'heardDb') as (hz: number) => number)(tone), hz);
}
