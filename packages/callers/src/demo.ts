/**
 * The listeners of `npm run demo`: they ring the studio, wait as long as they have patience, talk when they are taken,
 * hang up, try again later, and write texts. The phones of the station's own people register and pick up by themselves. Started by
 * main.ts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import { speech } from './sources.ts';
import { randomFrom } from './speech.ts';
import type { Voice } from './speech.ts';

export interface DemoOptions {
  /** SIP URI of the studio. */
  studio: string;
  /** Phones that register there and answer by themselves. */
  phones: readonly { username: string; password: string }[];
  /** The gateway to the telephone network: calls and texts to listeners go by it, and somebody answers. */
  gateway?: { username: string; password: string } | undefined;
  /** Address that the simulated telephones bind. */
  host?: string;
  /** 1: as listeners are. A test makes them hurry. */
  hurry?: number;
  log(line: string): void;
}

interface Listener {
  name: string;
  number: string;
  voice: Voice;
  /** Waits for an answer, s. */
  patienceS: number;
  /** Stays once answered, also in the queue, s. */
  talkS: number;
  firstCallAfterS: number;
}

const LISTENERS: readonly Listener[] = [
  person('Awa Ceesay', '+2203011001', { pitchHz: 205, tract: 1.15, seed: 11 }, 120, 180, 1),
  person('Lamin Touray', '+2207022002', { pitchHz: 112, tract: 1, seed: 22 }, 90, 240, 4),
  person('Fatou Jallow', '+2209033003', { pitchHz: 190, tract: 1.12, seed: 33 }, 75, 300, 9),
  person('Ebrima', '+2203044004', { pitchHz: 96, tract: 0.97, seed: 44 }, 150, 150, 16),
  person('', '+2206055005', { pitchHz: 260, tract: 1.28, seed: 55 }, 45, 120, 26),
];

/** What listeners write, one after the other, over and over. */
const TEXTS: readonly { number: string; text: string }[] = [
  { number: '+2203066006', text: 'Rice is 1900 a bag in Brikama since Monday. Who gains by it?' },
  { number: '+2207077007', text: 'Greetings to all at Radio Baobab from Kuntaur. We hear you well.' },
  { number: '+2203011001', text: 'I tried to call three times! Please put me on after the news.' },
  {
    number: '+2209088008',
    text: 'Please ask the minister when the ferry at Farafenni will run again at night.',
  },
  { number: '+2206099009', text: 'Salaam to my mother in Basse, and play Sona Jobarteh for her' },
  {
    number: '+2207010010',
    text: 'The road at Soma is under water since Sunday and nobody comes. We have waited for this bridge for two years, and every rainy season it is the same story again. Please come and see for yourselves.',
  },
];
const FIRST_TEXT_AFTER_S = 6;
const NEXT_TEXT_AFTER_S = 35;

/** The voices behind the registered phones. */
const STATION_VOICES: readonly Voice[] = [
  { pitchHz: 120, tract: 1.02, seed: 71 },
  { pitchHz: 200, tract: 1.14, seed: 72 },
  { pitchHz: 104, tract: 0.98, seed: 73 },
];

const PAUSE_S = { least: 10, most: 40 };

/** Resolves to what ends it: everybody hangs up. */
export async function startDemo(options: DemoOptions): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const host = options.host ?? '127.0.0.1';
  const phones: Phone[] = [];
  const server = `sip:${options.studio.replace(/^sips?:/i, '').replace(/^.*@/, '')}`;
  for (const [index, account] of options.phones.entries()) {
    const voice = STATION_VOICES[index % STATION_VOICES.length];
    const phone = await createPhone({
      host,
      onCall: 'answer',
      keepMs: 0,
      ...(voice === undefined ? {} : { source: speech(voice) }),
    });
    phones.push(phone);
    void phone.register({ server, ...account }).catch((error: unknown) => {
      options.log(`${account.username} could not register: ${String(error)}`);
    });
  }
  if (options.gateway !== undefined) {
    const network = await createPhone({
      host,
      onCall: 'answer',
      keepMs: 0,
      source: speech({ pitchHz: 150, tract: 1.05, seed: 81 }),
    });
    phones.push(network);
    void network.register({ server, ...options.gateway }).catch((error: unknown) => {
      options.log(`the gateway could not register: ${String(error)}`);
    });
  }
  const writing = await createPhone({ host });
  phones.push(writing);
  const lives = await Promise.all(
    LISTENERS.map(async (listener) => {
      const phone = await createPhone({ host });
      phones.push(phone);
      return { listener, phone };
    }),
  );
  const living = lives.map(({ listener, phone }) => live(listener, phone, options, stopping.signal));
  // Not waited for at the end: an answer to a text may be long in coming.
  void write(writing, options, stopping.signal);
  return async () => {
    stopping.abort();
    await Promise.all(living);
    await Promise.all(phones.map((phone) => phone.close()));
  };
}

async function live(
  listener: Listener,
  phone: Phone,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const random = randomFrom(listener.voice.seed);
  const wait = (seconds: number) =>
    pause((seconds * 1000) / (options.hurry ?? 1), undefined, { signal }).catch(() => {});
  await wait(listener.firstCallAfterS);
  while (!signal.aborted) {
    await callOnce(listener, phone, options, wait);
    await wait(PAUSE_S.least + random() * (PAUSE_S.most - PAUSE_S.least));
  }
}

async function write(phone: Phone, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const wait = (seconds: number) =>
    pause((seconds * 1000) / (options.hurry ?? 1), undefined, { signal }).catch(() => {});
  await wait(FIRST_TEXT_AFTER_S);
  for (let next = 0; !signal.aborted; next++) {
    const { number, text } = TEXTS[next % TEXTS.length] as (typeof TEXTS)[number];
    const status = await phone.text(options.studio, text, number);
    options.log(`${number} has written: ${status}`);
    await wait(NEXT_TEXT_AFTER_S * (1 + Math.floor(next / TEXTS.length)));
  }
}

async function callOnce(
  listener: Listener,
  phone: Phone,
  options: DemoOptions,
  wait: (seconds: number) => Promise<void>,
): Promise<void> {
  const who = listener.name || listener.number;
  const call = await phone.call(options.studio, {
    from: listener.number,
    ...(listener.name === '' ? {} : { displayName: listener.name }),
    source: speech(listener.voice),
    keepMs: 0,
  });
  const answered = call.whenAnswered().then(
    () => true,
    () => false,
  );
  const isAnswered = await Promise.race([answered, wait(listener.patienceS).then(() => false)]);
  if (isAnswered) {
    options.log(`${who} is talking`);
    await Promise.race([call.whenEnded(), wait(listener.talkS)]);
  }
  call.hangUp();
  await call.whenEnded();
  options.log(`${who} has hung up`);
}

function person(
  name: string,
  number: string,
  voice: Voice,
  patienceS: number,
  talkS: number,
  firstCallAfterS: number,
): Listener {
  return { name, number, voice, patienceS, talkS, firstCallAfterS };
}
