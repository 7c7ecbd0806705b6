// The station calls out to SIPp: answered, busy, no answer, moved by re-INVITE, cancelled while ringing.
import { type Phone, RtpEnd, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeskConsole } from './harness/desk-console.ts';
import { freePort } from './harness/free-port.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { stationCall } from './harness/station-phone.ts';
import { stationSettings } from './harness/product.ts';
import { calledAnswers, calledRefuses, calledReinvites, calledRingsOnly, runSipp } from './harness/sipp.ts';
import { untilHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';

const hostHz = 500;
const calledHz = 1300;

describe.skipIf(!hasProgram('sipp'))('calling out to SIPp', () => {
  let station: Station;
  let producer: DeskConsole;
  let desk: Phone;

  beforeAll(async () => {
    station = await startStation(
      tone(hostHz),
      stationSettings({ dial: { allow: ['^\\+220', '^sip:.*@127\\.0\\.0\\.1'], timeout_ms: 5000 } }),
    );
    ({ producer, desk } = station);
  });

  afterAll(async () => {
    await station?.close();
  });

  const called = async (scenario: string) => {
    const ear = await RtpEnd.open({ source: tone(calledHz) });
    const moved = await RtpEnd.open({ source: tone(calledHz) });
    const localPort = await freePort();
    const sipp = runSipp({ scenario, localPort, mediaPort: ear.port, secondMediaPort: moved.port });
    return { ear, moved, sipp, uri: `sip:listener@127.0.0.1:${localPort}` };
  };

  it('is answered, goes to air, is dropped', async () => {
    const far = await called(calledAnswers);
    const since = producer.frames.length;
    expect(
      await producer.emit('callNumber', { number: far.uri, mode: 'master', channel_id: null }),
    ).toMatchObject({ ok: true });
    await producer.frame(
      'ringing out',
      (frame) => frame.event === 'channelUpdate' && frame.data['studio-1']?.mode === 'ring',
      since,
    );
    expect(producer.channel('studio-1').direction).toBe('out');
    await far.ear.learnRemote('PCMA', 8);
    await producer.until('on air', () => producer.channel('studio-1').mode === 'master');
    await untilHeard('the called hears the studio', far.ear.hearing, hostHz);
    await untilHeard('the studio hears the called', (await stationCall(desk)).rtp.hearing, calledHz);
    await producer.emit('channelMode', { 'studio-1': 'free' });
    const verdict = await far.sipp.exit;
    expect(verdict.code, verdict.log).toBe(0);
    await producer.until('free', () => producer.channel('studio-1').mode === 'free');
    far.ear.close();
    far.moved.close();
  });

  it('is answered and moves its media by re-INVITE: sound follows to the new port', async () => {
    const far = await called(calledReinvites);
    await producer.emit('channelCallNumber', { 'studio-2': { number: far.uri, mode: 'master' } });
    await far.ear.learnRemote('PCMA', 8);
    await producer.until('on air', () => producer.channel('studio-2').mode === 'master');
    await far.moved.learnRemote('PCMA', 8);
    far.ear.isSending = false;
    await untilHeard('the studio is heard at the new port', far.moved.hearing, hostHz);
    await producer.emit('channelMode', { 'studio-2': 'free' });
    const verdict = await far.sipp.exit;
    expect(verdict.code, verdict.log).toBe(0);
    far.ear.close();
    far.moved.close();
  });

  const endsAs = async (scenario: string, cause: string, act?: () => Promise<unknown>) => {
    const far = await called(scenario);
    const since = producer.frames.length;
    await producer.emit('callNumber', { number: far.uri, mode: 'on_hold', channel_id: 'studio-3' });
    await act?.();
    await producer.frame(
      `record with ${cause}`,
      (frame) => frame.event === 'calls:update' && JSON.stringify(frame.data).includes(`"${cause}"`),
      since,
    );
    await producer.until('free', () => producer.channel('studio-3').mode === 'free');
    const verdict = await far.sipp.exit;
    far.ear.close();
    far.moved.close();
    return verdict;
  };

  it.each([
    ['is busy', calledRefuses('486 Busy Here'), 'busy'],
    ['declines', calledRefuses('603 Decline'), 'rejected'],
    ['is not found', calledRefuses('404 Not Found'), 'not_found'],
    ['does not answer', calledRingsOnly, 'no_answer'],
  ])('the called %s: the channel is free again and the record says so', async (_what, scenario, cause) => {
    const verdict = await endsAs(scenario, cause);
    expect(verdict.code, verdict.log).toBe(0);
  });

  it('is cancelled while it rings', async () => {
    const verdict = await endsAs(calledRingsOnly, 'cancelled', async () => {
      await producer.until('ringing', () => producer.channel('studio-3').mode === 'ring');
      expect(await producer.emit('channelMode', { 'studio-3': 'free' })).toMatchObject({ ok: true });
    });
    expect(verdict.code, verdict.log).toBe(0);
  });

  it('refuses a number that the settings do not allow, with a sentence', async () => {
    const since = producer.frames.length;
    const ack = await producer.emit('callNumber', {
      number: '+49301234567',
      mode: 'on_hold',
      channel_id: null,
    });
    expect(ack).toMatchObject({ ok: false, error: { code: 'number_not_allowed' } });
    const error = await producer.frame('event_error', (frame) => frame.event === 'event_error', since);
    expect(error.data.msg.length).toBeGreaterThan(10);
  });
});
