// A caller leaves a question: greeting, beep, and what is said behind it; without a key, with #, when the time is up; on a
// station that nobody attends. It is listed, plays back, and is gone with its file when it is deleted.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createPhone, type Phone, type PhoneCall, readTracks, tone } from '@openline/callers';
import { toneLevelDb } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, type Json, openConsole, recordsOf } from './harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { uploadPrompt } from './harness/prompts.ts';
import { untilHeardSince } from './harness/sound.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

/** Said when the call begins; and from then on, behind the beep too. */
const earlyHz = 700;
const questionHz = 1300;
const greetingHz = 659.3;
const beepHz = 1000;
const promptHz = 1900;
const bucketPromptHz = 2300;

describe('questions', () => {
  let product: Product;
  let producer: DeskConsole;
  let listeners: Phone;

  beforeAll(async () => {
    const station = stationSettings({ questions: { max_s: 5 } });
    // No such prompt yet: the built-in greeting is heard.
    const [line] = station['lines'] as [object];
    product = await startProduct({ ...station, lines: [{ ...line, greeting: 'welcome' }] });
    producer = await openConsole(product, 'Anna');
    listeners = await createPhone();
  });

  afterAll(async () => {
    producer?.close();
    await listeners?.close();
    await product?.stop();
  });

  /** Calls a channel that answers by itself. */
  async function callIn(from: string): Promise<PhoneCall> {
    await producer.emit('channelAutoAnswer', { 'studio-1': 'ivr' });
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from,
      source: tone(earlyHz),
    });
    await producer.until('the caller to be asked', () => producer.channel('studio-1').mode === 'ivr');
    return call;
  }

  const untilBeep = (call: PhoneCall) => untilHeardSince('the beep', call.rtp.hearing, beepHz, 0, -30);

  /** Something else is said long before the beep: a late machine must not make it part of the question. */
  async function ask(call: PhoneCall): Promise<void> {
    await waitFor('the greeting to begin', () => call.rtp.hearing.frameCount > 15);
    call.say(tone(questionHz));
    await untilBeep(call);
  }

  async function nextQuestion(since: number): Promise<Json> {
    const frame = await producer.frame('the question', ({ event }) => event === 'questions:update', since);
    return recordsOf(frame.data)[0];
  }

  async function load(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const token = await product.token('Vera', 'vera-password-1');
    return fetch(new URL(url, product.url), { headers: { authorization: `Bearer ${token}`, ...headers } });
  }

  async function soundOf(question: Json): Promise<Float32Array> {
    const answer = await load(question.audio_url);
    expect(answer.status).toBe(200);
    const { tracks, sampleRate } = readTracks(new Uint8Array(await answer.arrayBuffer()));
    expect([tracks.length, sampleRate]).toEqual([1, 48_000]);
    return tracks[0] ?? new Float32Array(0);
  }

  it('a caller leaves one without a key; it plays back, and is gone with its file when it is deleted', async () => {
    const since = producer.frames.length;
    const call = await callIn('+2203000001');
    await ask(call);
    await soundFor(3_000);
    call.hangUp();
    const question = await nextQuestion(since);
    expect(question).toMatchObject({
      endpoint: '+2203000001',
      bucket_id: producer.state().current_bucket,
      mark: null,
      favorite: false,
    });
    expect(question.duration_ms).toBeGreaterThan(2_400);
    expect((await producer.emit('questions:fetch', { ids: [question.id] })).ok).toBe(true);
    const list = await producer.frame('the list', ({ event }) => event === 'questions:list', since);
    expect(list.data.questions).toEqual([question]);

    const sound = await soundOf(question);
    expect(toneLevelDb(sound.subarray(9_600, 100_000), 48_000, questionHz)).toBeGreaterThan(-25);
    // It begins behind the beep: nothing of what was said before, nothing of what the caller heard.
    expect(toneLevelDb(sound.subarray(0, 9_600), 48_000, earlyHz)).toBeLessThan(-50);
    expect(toneLevelDb(sound.subarray(0, 9_600), 48_000, beepHz)).toBeLessThan(-50);
    const part = await load(question.audio_url, { range: 'bytes=100-199' });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 100]);

    const path = join(product.dataFolder, question.audio_url);
    expect(existsSync(path)).toBe(true);
    expect(await producer.emit('questions:delete', { [question.id]: null })).toEqual({ ok: true });
    await producer.frame(
      'its end',
      ({ event, data }) => event === 'questions:update' && data[question.id] === null,
    );
    expect(existsSync(path)).toBe(false);
    expect((await load(question.audio_url)).status).toBe(404);
  });

  it('# ends it: the last words are heard, and the call is over', async () => {
    const since = producer.frames.length;
    const call = await callIn('+2203000002');
    await ask(call);
    await soundFor(2_300);
    const pressedAt = performance.now();
    call.press('#');
    const question = await nextQuestion(since);
    expect(question).toMatchObject({ endpoint: '+2203000002', mark: null });
    await untilHeardSince('the last words', call.rtp.hearing, greetingHz, pressedAt, -45);
    expect(await call.whenEnded()).toMatchObject({ by: 'remote' });
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
  });

  it('when the time is up it ends by itself', async () => {
    const since = producer.frames.length;
    const call = await callIn('+2203000003');
    await ask(call);
    const question = await nextQuestion(since);
    expect(question.duration_ms).toBe(5_000);
    await call.whenEnded();
    expect(toneLevelDb(await soundOf(question), 48_000, questionHz)).toBeGreaterThan(-25);
  });

  it('who says nothing, or hardly anything, leaves one that is marked', async () => {
    let since = producer.frames.length;
    const brief = await callIn('+2203000004');
    await ask(brief);
    await soundFor(500);
    brief.hangUp();
    expect(await nextQuestion(since)).toMatchObject({ mark: 'short' });
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');

    since = producer.frames.length;
    const silent = await callIn('+2203000005');
    silent.say(tone(earlyHz, -80));
    await untilBeep(silent);
    await soundFor(2_500);
    silent.hangUp();
    expect(await nextQuestion(since)).toMatchObject({ mark: 'silent' });
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
  });

  it('a caller who hangs up while the greeting is heard leaves nothing', async () => {
    const since = producer.frames.length;
    const call = await callIn('+2203000006');
    call.hangUp();
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
    await producer.emit('questions:fetch', { search: '2203000006' });
    const list = await producer.frame('the list', ({ event }) => event === 'questions:list', since);
    expect(list.data.questions).toEqual([]);
  });

  it("the station's own greeting is heard when there is one", async () => {
    expect(await uploadPrompt(product, 'welcome', promptHz)).toMatchObject({
      prompt: { id: 'welcome', duration_ms: 1_000 },
    });
    const call = await callIn('+2203000008');
    await untilHeardSince('the greeting', call.rtp.hearing, promptHz, 0, -25);
    await ask(call);
    call.hangUp();
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
  });

  it("the current bucket's greeting goes before that of the line, and every console sees which it is", async () => {
    await uploadPrompt(product, 'tonight', bucketPromptHz);
    const bucket = String(producer.state().current_bucket);
    const viewer = await openConsole(product, 'Vera');
    await producer.emit('buckets:greeting', { [bucket]: 'tonight' });
    await viewer.until('the greeting', () => viewer.state().buckets[bucket].greeting === 'tonight');
    expect(viewer.state().prompts['tonight']).toMatchObject({ duration_ms: 1_000 });
    viewer.close();
    const call = await callIn('+2203000009');
    await untilHeardSince('the greeting', call.rtp.hearing, bucketPromptHz, 0, -25);
    await ask(call);
    call.hangUp();
    await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
    await producer.emit('buckets:greeting', { [bucket]: null });
  });

  for (const part of ['server', 'engine'] as const) {
    it(`the ${part} may be killed in the middle: what was recorded is a question`, async () => {
      const call = await callIn('+2203000007');
      await ask(call);
      await soundFor(2_500);
      producer.close();
      product.kill(part);
      await waitFor('the station to be whole again', async () => (await product.health())?.status === 'ok');
      producer = await openConsole(product, 'Anna');
      if (part === 'server') call.hangUp();
      const question = await waitFor('the question', async () => {
        const since = producer.frames.length;
        await producer.emit('questions:fetch', { search: '2203000007', limit: 1 });
        const list = await producer.frame('the list', ({ event }) => event === 'questions:list', since);
        return list.data.questions[0];
      });
      // All but the last second of it.
      expect(question.duration_ms).toBeGreaterThan(1_300);
      expect(toneLevelDb(await soundOf(question), 48_000, questionHz)).toBeGreaterThan(-25);
      await producer.emit('questions:delete', [question.id]);
      await producer.until('the channel to be free', () => producer.channel('studio-1').mode === 'free');
    });
  }
});
