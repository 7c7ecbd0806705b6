// Texts on real peers: SIPp sends a MESSAGE and gets the answer, a registered baresip is written to, gammu-smsd with its
// dummy modem takes and brings long texts with emoji; servers are killed and modems stopped meanwhile.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Baresip, startBaresip } from './harness/baresip.ts';
import { type DeskConsole, type Json, openConsole } from './harness/desk-console.ts';
import { freePort } from './harness/free-port.ts';
import { createGammu, type Gammu } from './harness/gammu.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { runSipp, textSender, textTaker } from './harness/sipp.ts';
import { waitFor } from './harness/wait-for.ts';

const line = { type: 'sip', number: '+2207000001', capacity: 2, sms: true };
const longText = `${'Vote 🎉 for the song! '.repeat(29)}the end`;

/** As this console has it now. */
function messages(desk: DeskConsole): Json[] {
  const all = new Map<string, Json>();
  for (const { event, data } of desk.frames) {
    if (event === 'messages:update') for (const [id, message] of Object.entries(data)) all.set(id, message);
  }
  return [...all.values()].filter((message) => message !== null);
}

async function send(desk: DeskConsole, text: object): Promise<string> {
  const since = desk.frames.length;
  const ack = await desk.emit('messages:send', { t1: { type: 'sms_out', ...text } });
  expect(ack).toMatchObject({ ok: true });
  return (await desk.frame('the id of the text', ({ event }) => event === 'messages:sent', since)).data.t1;
}

function statuses(desk: DeskConsole, id: string): string[] {
  const updates = desk.frames.filter(({ event }) => event === 'messages:update');
  const all = updates.flatMap(({ data }) => (data[id] ? [String(data[id].status)] : []));
  return all.filter((status, index) => status !== all[index - 1]);
}

async function untilStatus(desk: DeskConsole, id: string, status: string): Promise<void> {
  await desk.until(`the text to be ${status}`, () => statuses(desk, id).at(-1) === status);
}

describe.skipIf(!hasProgram('sipp'))('texts by SIP MESSAGE (sipp)', () => {
  let product: Product;
  let consoles: DeskConsole[];
  let phonePort: number;

  beforeAll(async () => {
    phonePort = await freePort();
    const lines = [{ id: 'studio', ...line, trust: ['127.0.0.1/32'], gateway: `sip:127.0.0.1:${phonePort}` }];
    const sms = { tag_rules: [{ word: 'vote', tag: 'VOTE' }] };
    product = await startProduct(stationSettings({ lines, sms }));
    consoles = await Promise.all(['Anna', 'Ben', 'Vera'].map((name) => openConsole(product, name)));
  });
  afterAll(async () => {
    for (const desk of consoles ?? []) desk.close();
    await product?.stop();
  });

  const anna = (): DeskConsole => consoles[0] as DeskConsole;

  async function textIn(scenario: string): Promise<void> {
    const run = runSipp({
      scenario,
      target: `127.0.0.1:${product.sipPort}`,
      localPort: await freePort(),
      mediaPort: 0,
      from: '7654321',
    });
    const { code, log } = await run.exit;
    expect(code, log).toBe(0);
  }

  it('a text is in the inbox of every console and in the current bucket, once; the reply arrives at the phone', async () => {
    expect(await anna().emit('buckets:create', { t: { name: 'Election night' } })).toMatchObject({
      ok: true,
    });
    const created = await anna().frame('the bucket', ({ event }) => event === 'buckets:created');
    await anna().emit('currentBucketUpdate', created.data.t);
    await textIn(textSender('Vote 7, merci 🎉', 200, true));
    for (const desk of consoles) {
      await desk.until('the text', () => messages(desk).length > 0);
      expect(messages(desk)).toMatchObject([
        {
          type: 'sms_in',
          endpoint: '+2207654321',
          content: 'Vote 7, merci 🎉',
          bucket_id: created.data.t,
          channel_id: 'studio-1',
          tags: ['VOTE'],
          status: 'received',
        },
      ]);
    }
    const phone = runSipp({ scenario: textTaker('200 OK'), localPort: phonePort, mediaPort: 0 });
    const [question] = messages(anna());
    const id = await send(anna(), {
      endpoint: '+2207654321',
      content: 'Heard you 👂',
      reply_to: question.id,
    });
    const { code, log } = await phone.exit;
    expect(code, log).toBe(0);
    expect(log).toContain('Heard you 👂');
    expect(log).toContain('MESSAGE sip:+2207654321@127.0.0.1');
    await untilStatus(anna(), id, 'sent');
    expect(statuses(anna(), id)).toEqual(['queued', 'sending', 'sent']);

    const since = anna().frames.length;
    await anna().emit('messages:fetch', { tags: ['vote'], search: '765', bucket_ids: [created.data.t] });
    const list = await anna().frame('the list', ({ event }) => event === 'messages:list', since);
    expect(list.data.messages).toHaveLength(1);
  });

  it('while the server is away the sender is told to come again, and nothing is lost', async () => {
    product.kill('server');
    await textIn(textSender('Are you there?', 503));
    const back = await waitFor('the server', () => openConsole(product, 'Anna').catch(() => null));
    await textIn(textSender('Are you there?', 200));
    await back.until('the text', () => messages(back).length > 0);
    expect(messages(back).map(({ content }) => content)).toEqual(['Are you there?']);
    back.close();
  });

  it('a server that dies between two tries goes on with the queue, and sends once', async () => {
    const desk = await openConsole(product, 'Anna');
    const refusal = '503 Service Unavailable';
    const phone = runSipp({ scenario: textTaker(refusal, '200 OK'), localPort: phonePort, mediaPort: 0 });
    const id = await send(desk, { endpoint: '+2207654321', content: 'Through thick and thin' });
    await desk.until('the first try', () => statuses(desk, id).join(' ').startsWith('queued sending queued'));
    expect(messages(desk).find((message) => message.id === id).error).toBe('503 Service Unavailable');
    product.kill('server');
    const back = await waitFor('the server', () => openConsole(product, 'Anna').catch(() => null));
    const { code, log } = await phone.exit;
    expect(code, log).toBe(0);
    await waitFor('the text to be sent', async () => {
      const since = back.frames.length;
      await back.emit('messages:fetch', { ids: [id] });
      const list = await back.frame('the list', ({ event }) => event === 'messages:list', since);
      return list.data.messages[0].status === 'sent';
    });
    back.close();
    desk.close();
  });
});

describe.skipIf(!hasProgram('baresip'))('texts to a registered phone (baresip)', () => {
  it('a text arrives at the phone of a user', async () => {
    const product = await startProduct(stationSettings({ lines: [{ id: 'studio', ...line }] }));
    let phone: Baresip | undefined;
    try {
      const desk = await openConsole(product, 'Ben');
      const baresip = await startBaresip({
        username: 'anna',
        password: 'anna-sip-secret',
        sipPort: product.sipPort,
        toneHz: 440,
        showsTexts: true,
      });
      phone = baresip;
      const id = await send(desk, { endpoint: 'anna', content: 'Caller 2 is from Basse 📻' });
      await untilStatus(desk, id, 'sent');
      const shown = await waitFor('the text on the phone', () => /"Caller.*"/.exec(baresip.log()));
      expect(shown[0]).toBe('"Caller 2 is from Basse 📻"');
    } finally {
      await phone?.stop();
      await product.stop();
    }
  });
});

describe.skipIf(!hasProgram('gammu-smsd'))('texts through a modem (gammu-smsd)', () => {
  let gammu: Gammu;
  let product: Product;
  let desk: DeskConsole;

  beforeAll(async () => {
    gammu = createGammu();
    const gateways = [{ id: 'modem', type: 'gammu', line: 'gsm', ...gammu.folders }];
    product = await startProduct(stationSettings({ lines: [{ id: 'gsm', ...line }], sms: { gateways } }));
    desk = await openConsole(product, 'Anna');
  });
  afterAll(async () => {
    desk?.close();
    await product?.stop();
    await gammu?.stop();
  });

  it('600 characters with emoji go out in the right number of parts, once the modem is there', async () => {
    const id = await send(desk, { endpoint: '7654321', content: longText });
    expect(messages(desk).find((message) => message.id === id).parts).toBe(10);
    await untilStatus(desk, id, 'sending');
    gammu.start();
    await untilStatus(desk, id, 'sent');
    expect(gammu.transmitted()).toEqual([{ number: '+2207654321', parts: 10 }]);
  });

  it('and come in whole from their parts', async () => {
    gammu.receive('+2207000009', longText);
    await desk.until('the whole text', () =>
      messages(desk).some(({ type, content }) => type === 'sms_in' && content === longText),
    );
    expect(messages(desk).filter(({ type }) => type === 'sms_in')).toMatchObject([
      { endpoint: '+2207000009', incomplete: false, parts: 10, channel_id: 'gsm-1' },
    ]);
  });
});
