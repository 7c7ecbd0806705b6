/**
 * Browsers that connect to a real engine all at once, and then talk: what making their connections costs the clock of those
 * who talk already, and what delay there is from one browser to another.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Browser, silence } from '@openline/callers';
import { distributionOf, type Distribution } from '../distribution.ts';
import { EngineUnderTest } from '../engine-under-test.ts';
import { chirp, chirpSource, delayOf, latenessOfArrivals, SAMPLE_RATE } from '../probes.ts';
import { cpuShare, readCpuTimes } from '../process-usage.ts';
import { Witness } from '../witness.ts';

const DEADLINE_MS = 60_000;
/** What the delay is measured in: a chirp is found again to the sample. */
const G711 = [{ payloadType: 0, map: 'PCMU/8000' }];
/** Clock reports come once a second. */
const REPORTS_MS = 1500;

export interface BrowserFigures {
  answerMs: Distribution;
  openMs: Distribution;
  calmTickMs: Distribution;
  busyTickMs: Distribution;
  witnessMs: Distribution;
  overruns: number;
  delayMs: Distribution;
  arrivalMs: Distribution;
  cpuPercent: number;
}

export async function measureBrowsers(count: number, seconds: number): Promise<BrowserFigures> {
  const engine = await EngineUnderTest.start();
  const witness = new Witness();
  const browsers: Browser[] = [];
  try {
    const speaker = await Browser.open({ source: silence, formats: G711, keepMs: 1000 });
    const listener = await Browser.open({ source: silence, formats: G711, keepMs: 120_000 });
    browsers.push(speaker, listener);
    // The first of all starts the thread, as on a station's first day.
    for (const [index, browser] of browsers.entries()) await connect(engine, browser, `pair-${index}`);
    while (browsers.length < count + 2) {
      browsers.push(await Browser.open({ source: silence, keepMs: 1000 }));
    }
    engine.forgetClock();
    await pause(seconds * 1000);
    const calmTickMs = engine.clock().latenessMs;

    engine.forgetClock();
    await witness.latenessMs();
    const times = await Promise.all(
      browsers.slice(2).map((browser, index) => connect(engine, browser, `browser-${index}`)),
    );
    await pause(REPORTS_MS);
    const { latenessMs: busyTickMs, overruns } = engine.clock();
    const witnessMs = await witness.latenessMs();

    const cpuBefore = readCpuTimes(engine.pid);
    const talked = await talk(speaker, listener, seconds);
    const cpuPercent = cpuShare(cpuBefore, readCpuTimes(engine.pid))?.processPercent ?? Number.NaN;
    return {
      answerMs: distributionOf(times.map(({ answerMs }) => answerMs)),
      openMs: distributionOf(times.map(({ openMs }) => openMs)),
      calmTickMs,
      busyTickMs,
      witnessMs,
      overruns,
      ...talked,
      cpuPercent,
    };
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await witness.stop();
    await engine.stop();
  }
}

async function connect(
  engine: EngineUnderTest,
  browser: Browser,
  leg: string,
): Promise<{ answerMs: number; openMs: number }> {
  const offer = await browser.offer();
  const atMs = performance.now();
  const reply = await engine.control.request('leg.connect', {
    leg,
    offer,
    place: { kind: 'air' },
    levels: {},
    tag: {},
    ref: 'bench',
  });
  if (!reply.ok) throw new Error(`the engine does not take a browser: ${reply.code} ${reply.msg}`);
  const answerMs = performance.now() - atMs;
  await browser.take(reply.data.answer);
  while (!engine.connected.has(leg)) {
    if (performance.now() - atMs > DEADLINE_MS) throw new Error('a browser did not come through');
    await pause(1);
  }
  return { answerMs, openMs: performance.now() - atMs };
}

async function talk(
  speaker: Browser,
  listener: Browser,
  seconds: number,
): Promise<{ delayMs: Distribution; arrivalMs: Distribution }> {
  const saidMs: number[] = [];
  speaker.sound.onFrameSent = (frame, atMs) => {
    if (frame === 0) saidMs.push(atMs);
  };
  speaker.sound.say(chirpSource(0));
  const fromMs = performance.now();
  await pause(seconds * 1000);
  const untilMs = performance.now() - 500;
  const pattern = chirp(SAMPLE_RATE);
  const delaysMs = saidMs
    .filter((atMs) => atMs < untilMs)
    .flatMap((atMs) => delayOf(listener.sound, atMs, pattern) ?? []);
  return {
    delayMs: distributionOf(delaysMs),
    arrivalMs: distributionOf(latenessOfArrivals(listener.sound.hearing.arrivals(fromMs))),
  };
}
