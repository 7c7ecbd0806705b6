/**
 * SocketIo by the system calls of 64-bit Linux, through koffi: no event, no object and no address text per packet. Sockets
 * are read at the beginning of a tick (recvmmsg: all that waits on one, in one call), each packet with the time at which
 * the kernel had it. Media thread; null on machines that it is not for. See docs/adr/0006-batched-packet-io.md.
 *
 *   memory (one ArrayBuffer, its addresses known to the kernel)
 *     headers ─► name: where a packet came from │ iov ─► its bytes │ control: its time stamp     one of each a slot
 */
import { createRequire } from 'node:module';
import { isIPv6 } from 'node:net';
import { arch, endianness, platform } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { PortPairs } from '../rtp/port-pairs.ts';
import { plainAddress, RECEIVE_BUFFER_BYTES, type SocketIo, type SocketPair } from '../rtp/socket-io.ts';
import type { SocketReceiver } from '../rtp/socket-io.ts';

/** Packets of one socket that one call takes: more than any codec sends in a tick. */
const SLOTS = 16;
/** Longest packet: 60 ms of L16, and to spare. */
const SLOT_BYTES = 8192;
/** Calls for one socket in a tick: whoever floods one port does not hold up the others. */
const MAX_CALLS = 4;
/** RTCP has time: its sockets take turns in so many ticks. The round trip is reckoned from the kernel's time. */
const RTCP_TURNS = 10;

const ONE_MOMENT_MS = 0.1;
const CLOCK_ATTEMPTS = 4;

// Offsets in struct mmsghdr, 64 bytes.
const HEADER_BYTES = 64;
const NAME = 0;
const NAME_LENGTH = 8;
const IOV = 16;
const IOV_COUNT = 24;
const CONTROL = 32;
const CONTROL_LENGTH = 40;
const FLAGS = 48;
const LENGTH = 56;
const IOV_BYTES = 16;
/** sockaddr_in6, the longer of the two, and its alignment. */
const NAME_BYTES = 32;
/** A cmsghdr (16) with a timespec (16). */
const CONTROL_BYTES = 32;
const STAMP_SECONDS = 16;
const STAMP_NANOSECONDS = 24;

const HEADERS_AT = 0;
const IOVS_AT = HEADERS_AT + SLOTS * HEADER_BYTES;
const NAMES_AT = IOVS_AT + SLOTS * IOV_BYTES;
const CONTROLS_AT = NAMES_AT + SLOTS * NAME_BYTES;
const NOW_AT = CONTROLS_AT + SLOTS * CONTROL_BYTES;
const BYTES_AT = NOW_AT + 64;
const MEMORY_BYTES = BYTES_AT + SLOTS * SLOT_BYTES;

// Numbers of Linux, the same on the architectures below.
const ARCHITECTURES: readonly string[] = ['x64', 'arm64'];
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_TIMESTAMPNS = 35;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const MSG_TRUNC = 0x20;
const CLOCK_REALTIME = 0;
const EINVAL = 22;
const EADDRINUSE = 98;
const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;
/** In both kinds of address. */
const PORT_AT = 2;
const IN_ADDRESS_AT = 4;
const IN6_ADDRESS_AT = 8;
const SCOPE_AT = 24;
/** INET6_ADDRSTRLEN. */
const TEXT_BYTES = 46;

export interface SystemCalls {
  /** Of the last call that answered −1. */
  errno(): number;
  addressOf(memory: Uint8Array): bigint;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Int32Array): number;
  setsockopt(fd: number, level: number, name: number, value: Int32Array, length: number): number;
  close(fd: number): number;
  sendto(
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    to: Uint8Array,
    toLength: number,
  ): number;
  recvmmsg(fd: number, headers: number, count: number, flags: number, timeout: number): number;
  clock_gettime(clock: number, into: number): number;
  inet_pton(family: number, text: string, into: Uint8Array): number;
  inet_ntop(family: number, address: Uint8Array, into: Uint8Array, room: number): string | null;
  if_nametoindex(name: string): number;
  if_indextoname(index: number, into: Uint8Array): string | null;
}

class LegSocket {
  readonly fd: number;
  readonly number: number;
  port = -1;
  /** Where the last packet came from, as the kernel says it and as text. */
  readonly from = new Int32Array(NAME_BYTES / 4);
  fromAddress = '';
  fromPort = 0;
  /** Where the last one went. Off V8's own heap, as all that the kernel is told of. */
  readonly to = new Uint8Array(new ArrayBuffer(NAME_BYTES));
  toAddress = '';
  toPort = -1;

  constructor(fd: number, number: number) {
    this.fd = fd;
    this.number = number;
  }
}

export class BatchedSocketIo implements SocketIo {
  readonly #calls: SystemCalls;
  readonly #host: string;
  readonly #family: number;
  readonly #addressBytes: number;
  /** Of an address, that tell one peer from another. */
  readonly #sourceWords: number;
  readonly #receiver: SocketReceiver;
  readonly #pairs: PortPairs<LegSocket>;
  readonly #open: ({ rtp: LegSocket; rtcp: LegSocket } | undefined)[] = [];
  readonly #rtp: LegSocket[] = [];
  readonly #rtcp: LegSocket[] = [];
  #rtcpTurn = 0;
  readonly #bytes = new Uint8Array(new ArrayBuffer(MEMORY_BYTES));
  readonly #words = new Int32Array(this.#bytes.buffer);
  readonly #slots: readonly Uint8Array[];
  readonly #text = new Uint8Array(TEXT_BYTES);
  readonly #headers: number;
  readonly #now: number;
  /** Of the present and of the former receive(). */
  #nowMs = performance.now();
  #formerMs = 0;

  constructor(
    calls: SystemCalls,
    host: string,
    range: { from: number; to: number },
    receiver: SocketReceiver,
  ) {
    this.#calls = calls;
    this.#host = host;
    this.#family = isIPv6(host) ? AF_INET6 : AF_INET;
    this.#addressBytes = this.#family === AF_INET6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES;
    this.#sourceWords = (this.#family === AF_INET6 ? SOCKADDR_IN6_BYTES : IN6_ADDRESS_AT) / 4;
    this.#receiver = receiver;
    this.#pairs = new PortPairs(range, {
      bind: async (port) => this.#bind(port),
      portOf: (socket) => socket.number,
      close: async (socket) => void calls.close(socket.fd),
    });
    const base = calls.addressOf(this.#bytes);
    this.#headers = Number(base) + HEADERS_AT;
    this.#now = Number(base) + NOW_AT;
    this.#slots = Array.from({ length: SLOTS }, (_, slot) => this.#prepareSlot(slot, base));
  }

  async open(port: number): Promise<SocketPair> {
    const { rtp, rtcp, rtpPort, rtcpPort } = await this.#pairs.open();
    rtp.port = port;
    rtcp.port = port;
    this.#open[port] = { rtp, rtcp };
    this.#rtp.push(rtp);
    this.#rtcp.push(rtcp);
    return { rtpPort, rtcpPort };
  }

  receive(): void {
    this.#formerMs = this.#nowMs;
    this.#readClocks();
    for (let index = 0; index < this.#rtp.length; index++) this.#read(this.#rtp[index]!, false);
    this.#rtcpTurn = (this.#rtcpTurn + 1) % RTCP_TURNS;
    for (let index = this.#rtcpTurn; index < this.#rtcp.length; index += RTCP_TURNS) {
      this.#read(this.#rtcp[index]!, true);
    }
  }

  /** Both of one moment: again when this thread was held up between them. */
  #readClocks(): void {
    for (let attempt = 0; attempt < CLOCK_ATTEMPTS; attempt++) {
      this.#nowMs = performance.now();
      this.#calls.clock_gettime(CLOCK_REALTIME, this.#now);
      if (performance.now() - this.#nowMs < ONE_MOMENT_MS) return;
    }
  }

  sendRtp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    const pair = this.#open[port];
    if (pair !== undefined) this.#send(pair.rtp, bytes, length, address, remotePort);
  }

  sendRtcp(port: number, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    const pair = this.#open[port];
    if (pair !== undefined) this.#send(pair.rtcp, bytes, length, address, remotePort);
  }

  async close(port: number): Promise<void> {
    const pair = this.#open[port];
    if (pair === undefined) return;
    this.#open[port] = undefined;
    this.#rtp.splice(this.#rtp.indexOf(pair.rtp), 1);
    this.#rtcp.splice(this.#rtcp.indexOf(pair.rtcp), 1);
    this.#calls.close(pair.rtp.fd);
    this.#calls.close(pair.rtcp.fd);
  }

  /** What cannot be sent (unreachable, full, too long) is lost, as on the way. */
  #send(socket: LegSocket, bytes: Uint8Array, length: number, address: string, remotePort: number): void {
    if (address !== socket.toAddress || remotePort !== socket.toPort) {
      socket.toPort = -1;
      if (!this.#writeAddress(socket.to, address, remotePort)) return;
      socket.toAddress = address;
      socket.toPort = remotePort;
    }
    this.#calls.sendto(socket.fd, bytes, length, 0, socket.to, this.#addressBytes);
  }

  #read(socket: LegSocket, isRtcp: boolean): void {
    for (let call = 0; call < MAX_CALLS; call++) {
      const count = this.#calls.recvmmsg(socket.fd, this.#headers, SLOTS, 0, 0);
      for (let slot = 0; slot < count; slot++) this.#handOn(socket, slot, isRtcp);
      if (count < SLOTS) return;
    }
  }

  #handOn(socket: LegSocket, slot: number, isRtcp: boolean): void {
    const words = this.#words;
    const header = (HEADERS_AT + slot * HEADER_BYTES) >> 2;
    const isWhole = (words[header + (FLAGS >> 2)]! & MSG_TRUNC) === 0;
    const length = words[header + (LENGTH >> 2)]!;
    const arrivalMs = this.#nowMs - this.#waitedMs(header, slot);
    // What the kernel has written over.
    words[header + (NAME_LENGTH >> 2)] = NAME_BYTES;
    words[header + (CONTROL_LENGTH >> 2)] = CONTROL_BYTES;
    if (!isWhole) return;
    this.#noteSource(socket, (NAMES_AT + slot * NAME_BYTES) >> 2);
    const { port, fromAddress, fromPort } = socket;
    const bytes = this.#slots[slot]!;
    if (isRtcp) this.#receiver.onRtcp(port, bytes, length, fromAddress, fromPort, arrivalMs);
    else this.#receiver.onRtp(port, bytes, length, fromAddress, fromPort, arrivalMs);
  }

  /** The clock that the kernel stamps with may be set meanwhile: what came since we last looked waited no longer than that. */
  #waitedMs(header: number, slot: number): number {
    const words = this.#words;
    if (words[header + (CONTROL_LENGTH >> 2)]! < CONTROL_BYTES) return 0;
    const now = NOW_AT >> 2;
    const stamp = (CONTROLS_AT + slot * CONTROL_BYTES) >> 2;
    const seconds = (words[now]! - words[stamp + (STAMP_SECONDS >> 2)]!) | 0;
    const nanoseconds = words[now + 2]! - words[stamp + (STAMP_NANOSECONDS >> 2)]!;
    return Math.max(0, Math.min(seconds * 1000 + nanoseconds / 1e6, this.#nowMs - this.#formerMs));
  }

  /** The text is made when it is another than before. */
  #noteSource(socket: LegSocket, name: number): void {
    const words = this.#words;
    const { from } = socket;
    let at = 0;
    while (at < this.#sourceWords && from[at] === words[name + at]) at++;
    if (at === this.#sourceWords) return;
    for (let word = 0; word < this.#sourceWords; word++) from[word] = words[name + word]!;
    const bytes = new Uint8Array(from.buffer);
    socket.fromPort = bytes[PORT_AT]! * 256 + bytes[PORT_AT + 1]!;
    socket.fromAddress = this.#textOf(bytes);
  }

  #textOf(name: Uint8Array): string {
    if (this.#family === AF_INET) return name.subarray(IN_ADDRESS_AT, IN_ADDRESS_AT + 4).join('.');
    const address =
      this.#calls.inet_ntop(AF_INET6, name.subarray(IN6_ADDRESS_AT), this.#text, TEXT_BYTES) ?? '';
    const scope = new DataView(name.buffer).getUint32(SCOPE_AT, true);
    if (scope === 0) return plainAddress(address);
    return `${address}%${this.#calls.if_indextoname(scope, this.#text) ?? scope}`;
  }

  /** False: no address that this socket could send to. */
  #writeAddress(into: Uint8Array, address: string, port: number): boolean {
    const isFour = !address.includes(':');
    const [plain = '', interfaceName] = (isFour ? `::ffff:${address}` : address).split('%');
    into.fill(0);
    // sa_family_t is in the machine's byte order, the port in that of the network.
    into[0] = this.#family;
    into[PORT_AT] = port >>> 8;
    into[PORT_AT + 1] = port;
    if (this.#family === AF_INET)
      return this.#calls.inet_pton(AF_INET, address, into.subarray(IN_ADDRESS_AT)) === 1;
    if (interfaceName !== undefined) {
      const scope = Number(interfaceName) || this.#calls.if_nametoindex(interfaceName);
      new DataView(into.buffer).setUint32(SCOPE_AT, scope, true);
    }
    return this.#calls.inet_pton(AF_INET6, plain, into.subarray(IN6_ADDRESS_AT)) === 1;
  }

  /** Null when the port is taken; any other failure is thrown. */
  #bind(port: number): LegSocket | null {
    const calls = this.#calls;
    const fd = calls.socket(this.#family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    if (fd < 0) throw systemError('socket', calls.errno());
    const set = (level: number, name: number, value: number) =>
      calls.setsockopt(fd, level, name, Int32Array.of(value), 4);
    if (this.#family === AF_INET6) set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    // Without either the sockets work too: with the buffer of the system, and the time at which they are read.
    set(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    set(SOL_SOCKET, SO_TIMESTAMPNS, 1);
    const name = new Uint8Array(NAME_BYTES);
    const isNamed = this.#writeAddress(name, this.#host, port);
    if (isNamed && calls.bind(fd, name, this.#addressBytes) === 0) {
      calls.getsockname(fd, name, Int32Array.of(NAME_BYTES));
      return new LegSocket(fd, name[PORT_AT]! * 256 + name[PORT_AT + 1]!);
    }
    const errno = isNamed ? calls.errno() : EINVAL;
    calls.close(fd);
    if (errno === EADDRINUSE) return null;
    throw systemError('bind', errno);
  }

  #prepareSlot(slot: number, base: bigint): Uint8Array {
    const view = new DataView(this.#bytes.buffer);
    const header = HEADERS_AT + slot * HEADER_BYTES;
    const iov = IOVS_AT + slot * IOV_BYTES;
    const bytes = BYTES_AT + slot * SLOT_BYTES;
    const point = (at: number, to: number) => view.setBigUint64(at, base + BigInt(to), true);
    point(header + NAME, NAMES_AT + slot * NAME_BYTES);
    view.setUint32(header + NAME_LENGTH, NAME_BYTES, true);
    point(header + IOV, iov);
    view.setUint32(header + IOV_COUNT, 1, true);
    point(header + CONTROL, CONTROLS_AT + slot * CONTROL_BYTES);
    view.setUint32(header + CONTROL_LENGTH, CONTROL_BYTES, true);
    point(iov, bytes);
    view.setUint32(iov + 8, SLOT_BYTES, true);
    return this.#bytes.subarray(bytes, bytes + SLOT_BYTES);
  }
}

function systemError(call: string, errno: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${call} ${code}`), { code, errno: -errno, syscall: call });
}

/** null on machines without these calls or without koffi. */
export function loadSystemCalls(): SystemCalls | null {
  if (platform() !== 'linux' || endianness() !== 'LE' || !ARCHITECTURES.includes(arch())) return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    // The C library that this program itself runs with, whichever it is.
    const libc = koffi.load(null);
    return {
      errno: () => koffi.errno(),
      addressOf: (memory) => koffi.address(memory),
      socket: libc.func('int socket(int family, int type, int protocol)'),
      bind: libc.func('int bind(int fd, void *address, uint32_t length)'),
      getsockname: libc.func('int getsockname(int fd, void *address, void *length)'),
      setsockopt: libc.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
      close: libc.func('int close(int fd)'),
      sendto: libc.func(
        'int64_t sendto(int fd, void *bytes, size_t length, int flags, void *to, uint32_t to_length)',
      ),
      recvmmsg: libc.func(
        'int recvmmsg(int fd, uintptr_t headers, uint32_t count, int flags, uintptr_t timeout)',
      ),
      clock_gettime: libc.func('int clock_gettime(int clock, uintptr_t into)'),
      inet_pton: libc.func('int inet_pton(int family, const char *text, void *into)'),
      inet_ntop: libc.func('const char *inet_ntop(int family, void *address, void *into, uint32_t room)'),
      if_nametoindex: libc.func('uint32_t if_nametoindex(const char *name)'),
      if_indextoname: libc.func('const char *if_indextoname(uint32_t index, void *into)'),
    };
  } catch {
    // Not on this machine: node:dgram serves.
    return null;
  }
}
