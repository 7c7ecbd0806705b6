/** A broadcaster that remembers what was sent to whom, and what one client would have received of it. */
import type { ServerEvent, ServerEventData, ServerFrame } from '@openline/protocol';
import type { Audience, Broadcaster, ClientId } from '../ports/broadcaster.ts';

export class FakeBroadcaster implements Broadcaster {
  readonly sent: { audience: Audience; frame: ServerFrame }[] = [];
  /** How many of them had to be out at some time. */
  flushed = 0;

  send(audience: Audience, frame: ServerFrame): void {
    this.sent.push(structuredClone({ audience, frame }));
  }

  sendWritten(client: ClientId, parts: readonly Uint8Array[]): void {
    const frame = JSON.parse(Buffer.concat(parts).toString()) as ServerFrame;
    this.send({ to: 'self', client }, frame);
  }

  flush(): void {
    this.flushed = this.sent.length;
  }

  /** What this client has received, in order. */
  receivedBy(client: ClientId): ServerFrame[] {
    return this.sent.filter(({ audience }) => isFor(audience, client)).map(({ frame }) => frame);
  }

  /** The data of every event of that name, whoever it was for. */
  dataOf<E extends ServerEvent>(event: E): ServerEventData<E>[] {
    return this.sent
      .filter(({ frame }) => frame.event === event)
      .map(({ frame }) => frame.data as ServerEventData<E>);
  }

  clear(): void {
    this.sent.length = 0;
    this.flushed = 0;
  }
}

function isFor(audience: Audience, client: ClientId): boolean {
  if (audience.to === 'all') return true;
  return audience.to === 'self' ? audience.client === client : audience.than !== client;
}
