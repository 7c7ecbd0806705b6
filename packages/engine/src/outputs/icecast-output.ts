/**
 * The program as Ogg-Opus to an Icecast server (2.4 and later). A connection that is refused or lost is made anew for as
 * long as the output is wanted, so that a restart of the server costs its listeners a moment and nobody a hand. Made by
 * start-output.ts, outputs thread.
 */
import type { OutputConfig } from '../control/contract.ts';
import { IcecastSource } from './icecast-source.ts';
import { OggOpusStream } from './ogg-opus-stream.ts';
import type { PacketSource } from './opus-feed.ts';
import type { ReportState } from './output.ts';
import { Retry } from './retry.ts';

type IcecastConfig = Extract<OutputConfig, { type: 'icecast' }>;

export class IcecastOutput {
  readonly #config: IcecastConfig;
  readonly #report: ReportState;
  readonly #retry = new Retry();
  readonly #leaveFeed: () => void;
  #source: IcecastSource | null = null;
  /** Of the connection that is accepted: listeners of the server begin with its headers. */
  #stream: OggOpusStream | null = null;

  constructor(config: IcecastConfig, feed: PacketSource, report: ReportState) {
    this.#config = config;
    this.#report = report;
    report('starting');
    this.#connect();
    this.#leaveFeed = feed.listen((packet) => this.#onPacket(packet));
  }

  close(): void {
    this.#leaveFeed();
    this.#retry.stop();
    this.#source?.close();
  }

  #onPacket(packet: Uint8Array): void {
    const page = this.#stream?.add(packet);
    if (page) this.#source?.write(page);
  }

  #connect(): void {
    const { url, name, description, genre, isPublic, bitrateKbps } = this.#config;
    const { protocol, hostname, port, pathname, username, password } = new URL(httpForm(url));
    const isTls = protocol === 'https:';
    this.#source = new IcecastSource({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (isTls ? 443 : url.startsWith('icecast:') ? 8_000 : 80),
      isTls,
      mount: pathname,
      username: decoded(username) || 'source',
      password: decoded(password),
      headers: {
        'Ice-Name': name,
        'Ice-Description': description,
        'Ice-Genre': genre,
        'Ice-Public': isPublic ? '1' : '0',
        'Ice-Bitrate': String(bitrateKbps),
        'Ice-Audio-Info': `samplerate=48000;channels=1;bitrate=${bitrateKbps}`,
      },
      onAccepted: () => this.#onAccepted(),
      onEnded: (error) => this.#onEnded(error),
    });
  }

  #onAccepted(): void {
    const { name, description } = this.#config;
    this.#stream = new OggOpusStream({ TITLE: name, DESCRIPTION: description });
    this.#source?.write(this.#stream.headers());
    this.#retry.noteRunning();
    this.#report('running');
  }

  #onEnded(error: string): void {
    this.#source = null;
    this.#stream = null;
    this.#report('failed', error);
    this.#retry.plan(() => this.#connect());
  }
}

/** A per cent sign that stands for itself is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Only of known protocols does URL take the parts of the address apart. */
function httpForm(url: string): string {
  return url.replace(/^icecast:/i, 'http:');
}
