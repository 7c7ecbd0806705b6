/** A call table on fakes, with everything it reported and shortcuts to bring a leg where a test begins. */
import { pino } from 'pino';
import type {
  ControlCommand,
  ControlCommands,
  ControlEvent,
  ControlEvents,
  Place,
} from '../../control/contract.ts';
import type { CommandHandlers, Outcome } from '../../control/control-server.ts';
import { createCommandHandlers } from '../call-commands.ts';
import { CallTable } from '../call-table.ts';
import { allocatePeerPackets } from '../../webrtc/peer-packets.ts';
import { FakeBrowserPeers } from './fake-browser-peers.ts';
import { FakeMediaPlane } from './fake-media-plane.ts';
import { FakeSipAgent, SDP } from './fake-sip-agent.ts';
import type { FakeSession } from './fake-sip-agent.ts';

export const CONFIG: ControlCommands['engine.configure']['data']['config'] = {
  accounts: [{ username: 'anna', password: 'p', ref: 'user:anna' }],
  peers: [{ ref: 'studio', cidrs: ['127.0.0.1/32'] }],
  trunks: [],
  hold: { kind: 'program' },
  rtpTimeoutMs: 10_000,
  dialTimeoutMs: 30_000,
  stationName: 'Radio Test',
};

type Command = Exclude<ControlCommand, 'subscribe'>;

export class CallHarness {
  readonly table: CallTable;
  readonly events: { event: ControlEvent; data: unknown }[] = [];
  readonly crashes: string[] = [];
  readonly peers = new FakeBrowserPeers();
  hasClient = true;
  readonly #handlers: CommandHandlers;
  #agent: FakeSipAgent | null = null;
  #media: FakeMediaPlane | null = null;

  constructor() {
    this.table = new CallTable({
      engineVersion: '0.0.0',
      log: pino({ level: 'silent' }),
      createAgent: (delegate) => (this.#agent = new FakeSipAgent(delegate)),
      programSocketPath: '/nowhere/program.sock',
      pathOf: ({ kind, name }) => `/${kind}/${name}.wav`,
      peers: this.peers,
      studioPackets: allocatePeerPackets(),
      createMedia: (onEvent) => (this.#media = new FakeMediaPlane(onEvent)),
      emit: (event, data) => this.events.push({ event, data }),
      hasClient: () => this.hasClient,
      onCrashed: (msg) => this.crashes.push(msg),
    });
    this.#handlers = createCommandHandlers(this.table);
    this.table.configure(CONFIG);
  }

  get agent(): FakeSipAgent {
    if (this.#agent === null) throw new Error('no agent');
    return this.#agent;
  }

  get media(): FakeMediaPlane {
    if (this.#media === null) throw new Error('no media plane');
    return this.#media;
  }

  async perform<C extends Command>(
    command: C,
    data: ControlCommands[C]['data'],
  ): Promise<Outcome<ControlCommands[C]['reply']>> {
    return this.#handlers[command](data);
  }

  of<E extends ControlEvent>(event: E): ControlEvents[E][] {
    return this.events.filter((one) => one.event === event).map((one) => one.data as ControlEvents[E]);
  }

  /** The names of what was reported, in order. */
  get names(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** Lets what is under way settle: nothing here waits for a real clock. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  }

  /** A call that rings. */
  async offered(offer: string | null = SDP): Promise<{ session: FakeSession; leg: string; port: number }> {
    const session = this.agent.ring(offer);
    await this.settled();
    const leg = this.of('leg.offered').at(-1)?.leg;
    const port = leg === undefined ? undefined : this.table.legs.get(leg)?.port;
    if (leg === undefined || port === null || port === undefined) throw new Error('no leg was offered');
    return { session, leg, port };
  }

  /** A call that was answered and whose sound has come. */
  async talking(
    place: Place = { kind: 'air' },
  ): Promise<{ session: FakeSession; leg: string; port: number }> {
    const call = await this.offered();
    await this.perform('leg.answer', { leg: call.leg, place });
    call.session.delegate.onConfirmed?.();
    await this.settled();
    this.media.onEvent({ type: 'media', port: call.port });
    await this.settled();
    return call;
  }

  /** A number that we ring. */
  async dialled(
    leg = 'out-1',
    place: Place = { kind: 'hold' },
  ): Promise<{ session: FakeSession; leg: string; outcome: Outcome<null> }> {
    const outcome = await this.perform('leg.dial', {
      leg,
      target: { kind: 'uri', uri: 'sip:+2209@192.0.2.60', ref: 'studio' },
      from: { number: null, displayName: null },
      place,
      levels: { inDb: -3 },
      tag: { channel: 'studio-1' },
    });
    await this.settled();
    const session = this.agent.invites.at(-1)?.session;
    if (session === undefined) throw new Error('nothing was dialled');
    return { session, leg, outcome };
  }
}
