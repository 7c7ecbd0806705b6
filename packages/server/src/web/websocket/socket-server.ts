/**
 * The WebSocket endpoint `/ws` on the HTTP server's port: who may connect, the connected clients, and the broadcaster
 * port of the desk. Constructed by main.ts.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAME_CHARS, type Action, type ServerFrame, type StationState } from '@openline/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { hashToken, type SignedInUser, type SignIn } from '../../accounts/sign-in.ts';
import type { Audience, Broadcaster } from '../../desk/ports/broadcaster.ts';
import type { Records } from '../../desk/records/records.ts';
import { cookieToken, isOwnOrigin } from '../request-origin.ts';
import { ClientConnection, type ClientConnectionOptions } from './client-connection.ts';
import { isFromAllowedPage, olderClient, type OlderClientSettings } from './older-clients.ts';
import { dispatchText, refuseFrame, type DeskGate, type DispatchOptions } from './event-dispatch.ts';
import { textFrame } from './text-frame.ts';

export interface SocketServerOptions {
  signIn: SignIn;
  settings: () => OlderClientSettings;
  /** Asked at every connection: the desk is constructed after its broadcaster. */
  desk: () => DeskGate;
  /** As late as the desk. */
  records: () => Records;
  station: () => StationState;
  version: string;
  now: () => number;
  log: DispatchOptions['log'];
  onDone: (user: SignedInUser, action: Action) => void;
  /** The first client wants meters, or the last no longer does. */
  onMetersWanted: (isWanted: boolean) => void;
}

type Who = Pick<ClientConnectionOptions, 'user' | 'whoIsIt' | 'isOlder'>;

/** Frames above MAX_FRAME_CHARS are refused in words; above this the connection ends (RFC 6455, 1009). */
const MAX_PAYLOAD_BYTES = 256 * MAX_FRAME_CHARS;
/** Twice what a large station has. */
const MAX_CLIENTS = 1_000;
const PING_EVERY_MS = 15_000;
/** Close codes of our own (RFC 6455 section 7.4.2 leaves 4000-4999 to us). */
const CLOSE_SIGNED_OUT = 4401;

export class SocketServer implements Broadcaster {
  readonly #options: SocketServerOptions;
  readonly #clients = new Map<string, ClientConnection>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });
  readonly #heartbeat: NodeJS.Timeout;
  #areMetersWanted = false;
  #isFlushDue = false;

  constructor(options: SocketServerOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#pingAll(), PING_EVERY_MS);
    options.signIn.onEnd(() => this.closeOutdated());
  }

  get size(): number {
    return this.#clients.size;
  }

  attach(server: Pick<Server, 'on'>): void {
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  send(audience: Audience, frame: ServerFrame): void {
    if (audience.to === 'self') {
      this.#clients.get(audience.client)?.send(frame);
      return;
    }
    const bytes = textFrame(JSON.stringify(frame));
    for (const client of this.#clients.values()) {
      if (audience.to === 'all' || client.id !== audience.than) client.sendFrame(bytes);
    }
    this.#flushSoon();
  }

  sendWritten(client: string, parts: readonly Uint8Array[]): void {
    this.#clients.get(client)?.sendWritten(parts);
  }

  flush(): void {
    if (!this.#isFlushDue) return;
    this.#isFlushDue = false;
    for (const client of this.#clients.values()) client.flush();
  }

  /** To who subscribed, and only as fast as they read. */
  sendMeters(frame: ServerFrame<'meters'>): void {
    const bytes = textFrame(JSON.stringify(frame));
    for (const client of this.#clients.values()) if (client.wantsMeters) client.sendMeters(bytes);
    this.#flushSoon();
  }

  /** Closes the clients whose session has ended or whose user is not what they were told: they connect anew. */
  closeOutdated(): void {
    for (const client of this.#clients.values()) {
      const user = client.whoIsIt();
      const isSame = user?.role === client.user.role && user.name === client.user.name;
      if (!isSame) client.close(CLOSE_SIGNED_OUT, 'signed out');
    }
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    for (const client of this.#clients.values()) client.close(1012, 'the server restarts');
    this.#sockets.close();
  }

  /** When what is being done is done: all that it tells a client is written at once. */
  #flushSoon(): void {
    if (!this.#isFlushDue) process.nextTick(() => this.flush());
    this.#isFlushDue = true;
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = URL.parse(request.url ?? '', 'http://localhost');
    const olderId = url?.pathname === '/' ? url.searchParams.get('user_id') : null;
    if (olderId !== null) return this.#onOlderClient(request, socket, head, olderId);
    if (url?.pathname !== '/ws') return refuseUpgrade(socket, '404 Not Found');
    const given = url.searchParams.get('token');
    // A token in the address is proof by itself; a cookie travels along unasked, so then the page must be ours.
    if (given === null && !isOwnOrigin(request)) return refuseUpgrade(socket, '403 Forbidden');
    const token = given ?? cookieToken(request.headers.cookie);
    const user = this.#options.signIn.whoHas(token);
    if (!user || !token) return refuseUpgrade(socket, '401 Unauthorized');
    const tokenHash = hashToken(token);
    const whoIsIt = () => this.#options.signIn.whoHasHash(tokenHash);
    return this.#open(request, socket, head, { user, whoIsIt, isOlder: false });
  }

  /** Without the setting there is nothing at this address. */
  #onOlderClient(request: IncomingMessage, socket: Duplex, head: Buffer, userId: string): void {
    const { settings } = this.#options;
    const address = request.socket.remoteAddress;
    if (settings().older_clients.allow.length === 0) return refuseUpgrade(socket, '404 Not Found');
    const user = olderClient(settings(), address, userId);
    if (!user || !isFromAllowedPage(request, settings())) return refuseUpgrade(socket, '403 Forbidden');
    const whoIsIt = () => olderClient(settings(), address, userId);
    return this.#open(request, socket, head, { user, whoIsIt, isOlder: true });
  }

  #open(request: IncomingMessage, socket: Duplex, head: Buffer, who: Who): void {
    if (this.#clients.size >= MAX_CLIENTS) return refuseUpgrade(socket, '503 Service Unavailable');
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#onOpened(opened, socket, who));
  }

  #onOpened(socket: WebSocket, wire: Duplex, who: Who): void {
    const { desk, records, station, version, now } = this.#options;
    const { user } = who;
    const client = new ClientConnection({ ...who, id: randomUUID(), socket, wire, now: now() });
    const dispatch: DispatchOptions = {
      desk: desk(),
      records: records(),
      now,
      log: this.#options.log,
      onSubscribe: () => this.#countMeterWatchers(),
      onDone: (by, action) => this.#options.onDone(by.user, action),
    };
    socket.on('message', (data, isBinary) => {
      if (!client.isOpen) return;
      if (isBinary) refuseFrame(client, null, null, 'not_json');
      else if (Buffer.isBuffer(data)) dispatchText(data.toString(), client, dispatch);
    });
    socket.on('pong', () => (client.isAlive = true));
    // A broken frame (RFC 6455) ends the connection; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#clients.delete(client.id);
      this.#countMeterWatchers();
    });
    client.send({
      event: 'initialize',
      data: {
        ...desk().state(),
        station: station(),
        server_version: version,
        server_time: now(),
        you: { user_id: user.id, name: user.name, role: user.role },
      },
    });
    this.#clients.set(client.id, client);
  }

  #countMeterWatchers(): void {
    const areWanted = [...this.#clients.values()].some((client) => client.wantsMeters);
    if (areWanted === this.#areMetersWanted) return;
    this.#areMetersWanted = areWanted;
    this.#options.onMetersWanted(areWanted);
  }

  #pingAll(): void {
    // Sessions also end by time.
    this.closeOutdated();
    for (const client of this.#clients.values()) {
      if (client.isAlive) client.ping();
      else client.cut();
    }
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
