/**
 * Where the program goes, by the settings: named, for the desk's state, and as an exchange needs it. Used by
 * desk-config.ts and exchange-config.ts, so that they agree.
 */
import type { ExchangeOutput } from '../desk/ports/exchange.ts';
import type { Settings } from './schema.ts';

type OutputSettings = Settings['outputs'][number];

/** The id of the live program at `/program`. */
export const PROGRAM_STREAM = 'program';

export function outputId({ id }: Pick<OutputSettings, 'id'>, index: number): string {
  return id ?? `output-${index + 1}`;
}

export interface NamedOutput {
  id: string;
  type: ExchangeOutput['type'];
  label: string;
  isDelayed: boolean;
}

export function namedOutputs(settings: Settings): NamedOutput[] {
  return exchangeOutputs(settings).map(({ id, type, isDelayed }) => {
    const output = settings.outputs.find((each, index) => outputId(each, index) === id);
    return { id, type, isDelayed, label: output?.label ?? id };
  });
}

export function exchangeOutputs({ outputs, program_stream, station }: Settings): ExchangeOutput[] {
  const stream: ExchangeOutput = {
    id: PROGRAM_STREAM,
    type: 'stream',
    isDelayed: program_stream.delayed,
    name: station.name,
    bitrateKbps: program_stream.bitrate_kbps,
    maxListeners: program_stream.max_listeners,
    maxBrowsers: program_stream.max_webrtc_listeners,
  };
  const others = outputs.map((output, index) => toExchange(output, outputId(output, index), station.name));
  return program_stream.access === 'off' ? others : [stream, ...others];
}

function toExchange(output: OutputSettings, id: string, stationName: string): ExchangeOutput {
  const base = { id, isDelayed: output.delayed };
  switch (output.type) {
    case 'icecast':
      return {
        ...base,
        type: 'icecast',
        url: withPassword(output.url, output.password),
        bitrateKbps: output.bitrate_kbps,
        name: stationName,
        description: output.description ?? '',
        genre: output.genre ?? '',
        isPublic: output.public,
      };
    case 'rtp':
      return {
        ...base,
        type: 'rtp',
        address: output.address,
        port: output.port,
        encoding: output.encoding,
        ptimeMs: output.ptime_ms,
        ttl: output.ttl,
        interfaceAddress: output.interface,
        name: output.label ?? stationName,
      };
    case 'device':
      return { ...base, type: 'device', program: output.program, device: output.device };
    case 'sip':
      return { ...base, type: 'sip', address: output.address, lineId: output.line };
  }
}

/** Only of protocols that it knows does URL take a password. */
function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  const scheme = /^[a-z]+(?=:)/i.exec(url)?.[0] ?? 'http';
  const parsed = new URL(url.replace(/^[a-z]+:/i, 'http:'));
  parsed.username ||= 'source';
  parsed.password = encodeURIComponent(password);
  // As it was written: URL leaves out the port that http has by itself, which icecast has not.
  const port = /^[^/]*\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1];
  const host = parsed.hostname + (port === undefined ? '' : `:${port}`);
  return `${scheme}://${parsed.username}:${parsed.password}@${host}${parsed.pathname}`;
}
