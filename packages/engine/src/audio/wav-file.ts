/**
 * Bytes of a WAV file: the header that a recording starts with (RIFF, bext of EBU Tech 3285 version 1, fmt, data), the
 * size fields that are patched while it grows, and a reader for files of ours and others. No file is touched here; the
 * recording thread and the hold music bring the bytes.
 *
 *   0 RIFF│size│WAVE   12 bext│602│…   622 fmt │16│…   646 data│size   654 samples …
 */
const BEXT_BYTES = 602;
const BEXT_AT = 12;
const FMT_AT = BEXT_AT + 8 + BEXT_BYTES;
const DATA_AT = FMT_AT + 8 + 16;
export const WAV_HEADER_BYTES = DATA_AT + 8;
const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = DATA_AT + 4;
/** RIFF sizes have 32 bits. A recording that reaches this must go on in another file; sizes are clamped here. */
export const WAV_MAX_DATA_BYTES = 4 * Math.floor((0xffffffff - WAV_HEADER_BYTES) / 4);

export interface WavHeader {
  channels: 1 | 2;
  sampleRate: number;
  /** ASCII, at most 256 and 32 characters; the rest is cut off, other characters become '?'. */
  description: string;
  originator: string;
  /** Local date and time of the first sample. */
  originatedAt: Date;
}

/** The header of a file with no samples yet. 16-bit PCM. */
export function buildWavHeader(header: WavHeader): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const at = header.originatedAt;
  const bext = BEXT_AT + 8;
  writeText(bytes, 0, 4, 'RIFF');
  writeText(bytes, 8, 4, 'WAVE');
  writeText(bytes, BEXT_AT, 4, 'bext');
  view.setUint32(BEXT_AT + 4, BEXT_BYTES, true);
  writeText(bytes, bext, 256, header.description);
  writeText(bytes, bext + 256, 32, header.originator);
  writeText(
    bytes,
    bext + 320,
    10,
    `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`,
  );
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  writeText(bytes, bext + 330, 8, time);
  // TimeReference: the first sample, counted from midnight.
  const secondsOfDay =
    at.getHours() * 3600 + at.getMinutes() * 60 + at.getSeconds() + at.getMilliseconds() / 1000;
  view.setBigUint64(bext + 338, BigInt(Math.round(secondsOfDay * header.sampleRate)), true);
  view.setUint16(bext + 346, 1, true);
  const blockBytes = header.channels * 2;
  writeText(bytes, FMT_AT, 4, 'fmt ');
  view.setUint32(FMT_AT + 4, 16, true);
  view.setUint16(FMT_AT + 8, 1, true);
  view.setUint16(FMT_AT + 10, header.channels, true);
  view.setUint32(FMT_AT + 12, header.sampleRate, true);
  view.setUint32(FMT_AT + 16, header.sampleRate * blockBytes, true);
  view.setUint16(FMT_AT + 20, blockBytes, true);
  view.setUint16(FMT_AT + 22, 16, true);
  writeText(bytes, DATA_AT, 4, 'data');
  patchWavSizes(bytes, 0);
  return bytes;
}

/**
 * Writes the sizes of a file with `dataBytes` of samples into its header, which is then written again as a whole
 * (one write of 654 bytes at offset 0 leaves either the old or the new).
 */
export function patchWavSizes(header: Uint8Array, dataBytes: number): void {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const clamped = Math.min(Math.max(0, dataBytes), WAV_MAX_DATA_BYTES);
  view.setUint32(RIFF_SIZE_AT, WAV_HEADER_BYTES - 8 + clamped, true);
  view.setUint32(DATA_SIZE_AT, clamped, true);
}

export interface WavInfo {
  ok: true;
  format: 'pcm' | 'float';
  channels: number;
  sampleRate: number;
  bitsPerSample: number;
  dataOffset: number;
  /** Whole sample blocks that are really there, whatever the size field says. */
  dataBytes: number;
  description: string | null;
  /** Samples since midnight, from the bext chunk. */
  timeReferenceSamples: number | null;
}

export type WavRefusal = { ok: false; code: 'not_wav' | 'no_format' | 'unsupported' | 'no_data' };

/** Reads a header. `totalBytes` when `bytes` is only the beginning of the file. Never throws. */
export function parseWav(bytes: Uint8Array, totalBytes: number = bytes.length): WavInfo | WavRefusal {
  if (readText(bytes, 0, 4) !== 'RIFF' || readText(bytes, 8, 4) !== 'WAVE')
    return { ok: false, code: 'not_wav' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | null = null;
  let description: string | null = null;
  let timeReferenceSamples: number | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = readText(bytes, at, 4);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === 'fmt ' && size >= 16 && body + size <= bytes.length) format = readFormat(view, body, size);
    if (id === 'bext' && size >= 346 && body + 346 <= bytes.length) {
      description = readText(bytes, body, 256).replace(/\0.*$/s, '');
      timeReferenceSamples = Number(view.getBigUint64(body + 338, true));
    }
    if (id === 'data') {
      if (format === null) return { ok: false, code: 'no_format' };
      if (!isSupported(format)) return { ok: false, code: 'unsupported' };
      const present = Math.min(size, Math.max(0, totalBytes - body));
      const dataBytes = present - (present % ((format.channels * format.bitsPerSample) / 8));
      return { ok: true, ...format, dataOffset: body, dataBytes, description, timeReferenceSamples };
    }
    // Chunks begin on even offsets.
    at = body + size + (size & 1);
  }
  return { ok: false, code: format === null ? 'no_format' : 'no_data' };
}

interface WavFormat {
  format: 'pcm' | 'float' | 'other';
  channels: number;
  sampleRate: number;
  bitsPerSample: number;
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  const tag = view.getUint16(at, true);
  // WAVE_FORMAT_EXTENSIBLE: the true tag opens the sub-format GUID.
  const trueTag = tag === 0xfffe && size >= 40 ? view.getUint16(at + 24, true) : tag;
  return {
    format: trueTag === 1 ? 'pcm' : trueTag === 3 ? 'float' : 'other',
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bitsPerSample: view.getUint16(at + 14, true),
  };
}

function isSupported(format: WavFormat): format is WavFormat & { format: 'pcm' | 'float' } {
  if (format.channels === 0 || format.sampleRate === 0) return false;
  if (format.format === 'pcm') return [8, 16, 24, 32].includes(format.bitsPerSample);
  return format.format === 'float' && format.bitsPerSample === 32;
}

function writeText(bytes: Uint8Array, at: number, maxBytes: number, text: string): void {
  for (let i = 0; i < maxBytes && i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[at + i] = code >= 0x20 && code < 0x7f ? code : 0x3f;
  }
}

function readText(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
