/**
 * The program as Ogg-Opus over HTTP, to as many listeners as allowed: each has a stream of their own that begins with the
 * headers, and one that does not keep up is cut off. Served on a local socket (program-socket.ts), which the web
 * server relays from. Outputs thread.
 */
import type { ServerResponse } from 'node:http';
import type { OutputConfig } from '../control/contract.ts';
import { OggOpusStream } from './ogg-opus-stream.ts';
import type { PacketSource } from './opus-feed.ts';
import type { ReportState } from './output.ts';

type StreamConfig = Extract<OutputConfig, { type: 'stream' }>;

/** Some four seconds: more is not caught up with. */
const MAX_BACKLOG_BYTES = 65_536;

interface Listener {
  response: ServerResponse;
  stream: OggOpusStream;
}

export class ProgramStream {
  readonly #config: StreamConfig;
  readonly #listeners = new Set<Listener>();
  readonly #leaveFeed: () => void;

  constructor(config: StreamConfig, feed: PacketSource, report: ReportState) {
    this.#config = config;
    this.#leaveFeed = feed.listen((packet) => this.#onPacket(packet));
    report('running');
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  listen(response: ServerResponse): void {
    if (this.#listeners.size >= this.#config.maxListeners) {
      response
        .writeHead(503, { 'content-type': 'text/plain', 'retry-after': '10' })
        .end('too many listeners\n');
      return;
    }
    const listener = { response, stream: new OggOpusStream({ TITLE: this.#config.name }) };
    response.writeHead(200, { 'content-type': 'audio/ogg; codecs=opus', 'cache-control': 'no-store' });
    response.write(listener.stream.headers());
    response.on('close', () => this.#listeners.delete(listener));
    this.#listeners.add(listener);
  }

  close(): void {
    this.#leaveFeed();
    for (const { response } of this.#listeners) response.end();
  }

  #onPacket(packet: Uint8Array): void {
    for (const { response, stream } of this.#listeners) {
      const page = stream.add(packet);
      if (page === null) continue;
      response.write(page);
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
    }
  }
}
