/**
 * The network between a browser's headset and the station, over which all of its sound goes: it can lose packets, and be
 * away for a while with the console's WebSocket. Stands between page and product; tells each end that the other is here.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Product } from './product.ts';

export interface HeadsetNetwork {
  /** Where the console is, seen through this network. */
  readonly url: string;
  /** Of a hundred packets in each direction. */
  lossPercent: number;
  /** Packets with sound that came through, and that were lost by us, both ways. */
  readonly passed: number;
  readonly lost: number;
  /** The station's `ufrag` of the connection that the last packet with sound went by. */
  readonly path: string | null;
  /** Nothing comes through, and nobody is told. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

interface Frame {
  event: string;
  data: { sdp?: string; candidate?: string };
}

export async function headsetNetwork(product: Product): Promise<HeadsetNetwork> {
  const relay = new Relay();
  await relay.open();
  const sockets = new Set<WebSocket>();
  const http = createServer((asked, answer) => {
    const { method, url, headers } = asked;
    const passed = request(
      { host: '127.0.0.1', port: product.httpPort, method, path: url, headers },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  const server = new WebSocketServer({ server: http });
  server.on('connection', (near, asked) => {
    const { cookie } = asked.headers;
    const far = new WebSocket(`ws://127.0.0.1:${product.httpPort}${asked.url}`, {
      headers: cookie === undefined ? {} : { cookie },
    });
    const early: string[] = [];
    near.on('message', (text: Buffer) => {
      const frame = relay.fromBrowser(JSON.parse(text.toString()) as Frame);
      if (frame === null || relay.isCut) return;
      if (far.readyState === WebSocket.OPEN) far.send(JSON.stringify(frame));
      else early.push(JSON.stringify(frame));
    });
    far.on('open', () => {
      for (const text of early) far.send(text);
    });
    far.on('message', (text: Buffer) => {
      if (!relay.isCut) near.send(JSON.stringify(relay.fromStation(JSON.parse(text.toString()) as Frame)));
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.terminate();
      });
    }
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const port = (http.address() as AddressInfo).port;
  const endAll = () => {
    for (const socket of sockets) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    get lossPercent() {
      return relay.lossPercent;
    },
    set lossPercent(percent) {
      relay.lossPercent = percent;
    },
    get passed() {
      return relay.passed;
    },
    get lost() {
      return relay.lost;
    },
    get path() {
      return relay.path;
    },
    cut: () => void (relay.isCut = true),
    mend() {
      relay.isCut = false;
      // What was under way is lost, as behind a switch that lost its power.
      endAll();
    },
    async close() {
      endAll();
      server.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      relay.close();
    },
  };
}

/** Sound goes by it because neither end knows another way: it takes the addresses out of what they tell each other. */
class Relay {
  isCut = false;
  lossPercent = 0;
  passed = 0;
  lost = 0;
  #soundPort = 0;
  readonly #near = createSocket('udp4');
  /** A socket towards each port of the station: every connection of a headset there has one of its own. */
  readonly #far = new Map<number, Socket>();
  /** Where the browser's packets came from last, and to which port of the station they belong, by its `ufrag`. */
  readonly #ports = new Map<string, number>();
  readonly #browsers = new Map<number, RemoteInfo>();
  readonly #portOf = new Map<number, number>();
  #count = 0;

  async open(): Promise<void> {
    this.#near.on('message', (packet, from) => this.#fromBrowser(packet, from));
    this.#near.bind(0, '127.0.0.1');
    await once(this.#near, 'listening');
  }

  get path(): string | null {
    return [...this.#ports].find(([, port]) => port === this.#soundPort)?.[0] ?? null;
  }

  close(): void {
    for (const socket of [this.#near, ...this.#far.values()]) socket.close();
  }

  fromBrowser(frame: Frame): Frame | null {
    if (frame.event === 'headset:candidate') return null;
    if (frame.data?.sdp === undefined) return frame;
    const sdp = frame.data.sdp.replaceAll(/a=candidate:.*\r\n/g, '');
    return { ...frame, data: { ...frame.data, sdp } };
  }

  fromStation(frame: Frame): Frame {
    if (frame.event === 'headset:candidate' && frame.data.candidate !== undefined) {
      return { ...frame, data: { ...frame.data, candidate: '' } };
    }
    if (frame.event !== 'headset:answer' || frame.data.sdp === undefined) return frame;
    const { sdp } = frame.data;
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';
    const port = Number(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/im.exec(sdp)?.[1]);
    if (!port) throw new Error(`no candidate on loopback in ${sdp}`);
    this.#ports.set(ufrag, port);
    const ours = `a=candidate:1 1 udp 2122260223 127.0.0.1 ${this.#near.address().port} typ host\r\n`;
    const without = sdp.replaceAll(/a=candidate:.*\r\n/g, '').replace('a=end-of-candidates\r\n', '');
    return { ...frame, data: { ...frame.data, sdp: without.trimEnd() + `\r\n${ours}` } };
  }

  #fromBrowser(packet: Buffer, from: RemoteInfo): void {
    // The first packets of a connection are checks (RFC 8445) that name whom they are for: "its ufrag:ours".
    const named = [...this.#ports].find(([ufrag]) => packet.includes(`${ufrag}:`));
    if (named) this.#portOf.set(from.port, named[1]);
    const port = this.#portOf.get(from.port);
    if (port === undefined || !this.#comesThrough(packet, port)) return;
    this.#browsers.set(port, from);
    this.#towards(port).send(packet, port, '127.0.0.1');
  }

  #towards(port: number): Socket {
    const known = this.#far.get(port);
    if (known) return known;
    const socket = createSocket('udp4');
    this.#far.set(port, socket);
    socket.on('message', (packet) => {
      const browser = this.#browsers.get(port);
      if (browser && this.#comesThrough(packet, port)) this.#near.send(packet, browser.port, browser.address);
    });
    return socket;
  }

  /** RFC 7983: what begins with 128 to 191 is sound. The same packets are lost every time. */
  #comesThrough(packet: Buffer, port: number): boolean {
    if (this.isCut) return false;
    const first = packet[0] ?? 0;
    if (first < 128 || first > 191) return true;
    this.#count += 1;
    const isLost = (this.#count * 37) % 100 < this.lossPercent;
    if (isLost) this.lost += 1;
    else {
      this.passed += 1;
      this.#soundPort = port;
    }
    return !isLost;
  }
}
