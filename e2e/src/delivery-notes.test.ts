// A text in an envelope (RFC 3862) goes to a far end that says later that it was delivered (RFC 5438): by UDP, through
// engine and server, to every console. The far end is a socket: no softphone at hand speaks both.
import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct, stationSettings } from './harness/product.ts';
import { waitFor } from './harness/wait-for.ts';

describe('texts whose delivery is told', () => {
  let product: Product;
  let consoles: DeskConsole[];
  let farEnd: Socket;
  const received: string[] = [];

  beforeAll(async () => {
    farEnd = createSocket('udp4');
    farEnd.on('message', (packet, from) => {
      const text = packet.toString();
      received.push(text);
      if (text.startsWith('MESSAGE ')) farEnd.send(okTo(text), from.port, from.address);
    });
    await new Promise<void>((bound) => farEnd.bind(0, '127.0.0.1', bound));
    const lines = [
      {
        id: 'studio',
        type: 'sip',
        number: '+2207000001',
        capacity: 2,
        sms: true,
        trust: ['127.0.0.1/32'],
        gateway: `sip:127.0.0.1:${farEnd.address().port}`,
      },
    ];
    product = await startProduct(stationSettings({ lines, sms: { delivery_reports: true } }));
    consoles = await Promise.all(['Anna', 'Vera'].map((name) => openConsole(product, name)));
  });
  afterAll(async () => {
    for (const desk of consoles ?? []) desk.close();
    await product?.stop();
    farEnd?.close();
  });

  function note(messageId: string): void {
    const body = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${messageId}</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;
    const { port } = farEnd.address();
    const request = [
      'MESSAGE sip:studio@127.0.0.1 SIP/2.0',
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK-note-${messageId};rport`,
      'Max-Forwards: 70',
      'From: <sip:7654321@127.0.0.1>;tag=far',
      'To: <sip:studio@127.0.0.1>',
      `Call-ID: note-${messageId}`,
      'CSeq: 1 MESSAGE',
      'Content-Type: message/imdn+xml',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
    farEnd.send(request, product.sipPort, '127.0.0.1');
  }

  it('is delivered when the far end says so, at every console', async () => {
    const [anna] = consoles;
    const text = { type: 'sms_out', endpoint: '+2207654321', content: 'Thank you 🎉' };
    expect(await anna?.emit('messages:send', { t: text })).toMatchObject({ ok: true });
    const sent = await anna?.frame('its id', ({ event }) => event === 'messages:sent');
    const id = String(sent?.data.t);
    const status = (desk: DeskConsole) =>
      desk.frames.findLast(({ event, data }) => event === 'messages:update' && data[id])?.data[id].status;
    for (const desk of consoles) await desk.until('it to be sent', () => status(desk) === 'sent');
    const request = received.find((each) => each.startsWith('MESSAGE ')) ?? '';
    expect(request).toContain('Thank you 🎉');
    expect(request).toContain(`imdn.Message-ID: ${id}`);
    note(id);
    for (const desk of consoles) await desk.until('it to be delivered', () => status(desk) === 'delivered');
    await waitFor('the note to be taken', () => received.some((each) => each.startsWith('SIP/2.0 200')));
    // The note itself is nobody's text.
    const told = consoles.flatMap(({ frames }) => frames.filter(({ event }) => event === 'messages:update'));
    expect(new Set(told.flatMap(({ data }) => Object.keys(data)))).toEqual(new Set([id]));
  });
});

/** What names a transaction comes back as it was (RFC 3261 8.2.6.2). */
function okTo(request: string): string {
  const header = (name: string) => new RegExp(`^${name}: .*$`, 'im').exec(request)?.[0] ?? '';
  const [via, from, to, callId, cseq] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(header);
  return ['SIP/2.0 200 OK', via, from, `${to};tag=far`, callId, cseq, 'Content-Length: 0', '', ''].join(
    '\r\n',
  );
}
