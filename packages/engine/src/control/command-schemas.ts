/**
 * What the data of every control command must look like. The types are those of contract.ts, checked by the
 * compiler; the limits are here. Used by control-server.ts on each line that comes in. Main thread.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { ControlCommand, ControlCommands } from './contract.ts';

const text = z.string().max(256);
const leg = z.string().min(1).max(128);
/** Of a recording or a prompt, without its ending: never a path. */
const fileName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
/** Of the broadcast delay. */
const MAX_DELAY_MS = 60_000;
const gainDb = z.number().min(-120).max(20);
const refName = z.string().min(1).max(128);
/** Sent in a header: no line ends. */
// oxlint-disable-next-line no-control-regex -- they are what is refused
const headerText = text.regex(/^[^\u0000-\u001f\u007f]*$/);

const tag = z
  .record(z.string().max(128), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .refine((value) => JSON.stringify(value).length <= 4_096, 'larger than 4 kB');

const place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('silence') }),
  z.object({ kind: z.literal('air') }),
  z.object({ kind: z.literal('host') }),
  z.object({ kind: z.literal('hold') }),
  z.object({ kind: z.literal('private'), with: leg }),
  z.object({ kind: z.literal('monitor') }),
  z.object({ kind: z.literal('program') }),
  z.object({
    kind: z.literal('ivr'),
    step: z.enum(['question', 'thanks']).exactOptional(),
    prompt: fileName.nullable().exactOptional(),
  }),
  z.object({ kind: z.literal('tone'), tone: z.enum(['ringback', 'busy']) }),
]);

const leveller = z.object({
  targetDb: z.number().min(-40).max(-6),
  rangeDb: z.number().min(0).max(24),
  gateDb: z.number().min(-90).max(-20),
  duckDb: z.number().min(0).max(40),
});

const levels = z.object({
  inDb: gainDb.exactOptional(),
  isInMuted: z.boolean().exactOptional(),
  outDb: gainDb.exactOptional(),
  isOutMuted: z.boolean().exactOptional(),
  leveller: leveller.nullable().exactOptional(),
});

const sipUri = headerText.regex(/^sips?:[^\s<>"]+$/i, 'not a SIP URI');

const number = z.string().regex(/^[+0-9A-Za-z*#._-]{1,64}$/, 'not a number');

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), username: headerText.min(1), isAutoAnswer: z.boolean() }),
  z.object({ kind: z.literal('account-number'), username: headerText.min(1), number }),
  z.object({ kind: z.literal('trunk'), ref: refName, number }),
  z.object({ kind: z.literal('uri'), uri: sipUri, ref: refName }),
]);
const legTarget = z.union([target, z.object({ kind: z.literal('studio'), ref: refName })]);

const iceServer = z
  .string()
  .max(512)
  .regex(/^(?:stun|turn|turns):[^\s]+$/i, 'not a STUN or TURN server');

const cidr = z.string().refine((value) => {
  const [address = '', prefix = '', rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest !== undefined) return false;
  if (!value.includes('/')) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
}, 'not an address range');

const deviceName = z.string().regex(/^[^-\s][^\r\n]{0,199}$/);
const ptimeMs = z.union([z.literal(1), z.literal(4), z.literal(5), z.literal(10), z.literal(20)]);

const outputBase = { ref: refName, isDelayed: z.boolean() };
const bitrateKbps = z.number().int().min(16).max(256);

const output = z.discriminatedUnion('type', [
  z.object({
    ...outputBase,
    type: z.literal('stream'),
    name: headerText,
    bitrateKbps,
    maxListeners: z.number().int().min(1).max(10_000),
    maxBrowsers: z.number().int().min(0).max(1_000).exactOptional(),
  }),
  z.object({
    ...outputBase,
    type: z.literal('icecast'),
    url: z.url({ protocol: /^(icecast|https?)$/ }).max(1_024),
    bitrateKbps,
    name: headerText,
    description: headerText,
    genre: headerText,
    isPublic: z.boolean(),
  }),
  z.object({
    ...outputBase,
    type: z.literal('rtp'),
    address: z.string().refine((value) => isIP(value) !== 0, 'not an address'),
    port: z.number().int().min(1).max(65_535),
    encoding: z.enum(['L16', 'L24']),
    ptimeMs,
    ttl: z.number().int().min(1).max(255),
    interfaceAddress: z
      .string()
      .refine((value) => isIP(value) !== 0, 'not an address')
      .nullable(),
    name: headerText,
  }),
  z.object({
    ...outputBase,
    type: z.literal('device'),
    program: z.enum(['aplay', 'pw-cat', 'pacat', 'ffmpeg']),
    /** Never an option of the program. */
    device: deviceName.nullable(),
  }),
  z.object({ ...outputBase, type: z.literal('sip'), target }),
]);
const device = z.object({
  type: z.literal('device'),
  program: z.enum(['aplay', 'pw-cat', 'pacat', 'ffmpeg']),
  device: deviceName.nullable(),
});
const anyAddress = z.string().refine((value) => isIP(value) !== 0, 'not an address');
const udpPort = z.number().int().min(1).max(65_535);
const encoding = z.enum(['L16', 'L24']);
const channels = z.union([z.literal(1), z.literal(2)]);

const studio = z.object({
  input: z.discriminatedUnion('type', [
    device.extend({ channels }),
    z.object({
      type: z.literal('rtp'),
      address: anyAddress.nullable(),
      port: udpPort,
      encoding,
      sampleRate: z.union([z.literal(48_000), z.literal(44_100)]),
      channels,
      interfaceAddress: anyAddress.nullable(),
      source: anyAddress.nullable(),
    }),
  ]),
  return: z
    .discriminatedUnion('type', [
      device,
      z.object({
        type: z.literal('rtp'),
        address: anyAddress,
        port: udpPort,
        encoding,
        ptimeMs,
        ttl: z.number().int().min(1).max(255),
        interfaceAddress: anyAddress.nullable(),
      }),
    ])
    .nullable(),
});

const srtp = z.enum(['optional', 'required']);

const config = z.object({
  accounts: z
    .array(
      z.object({ username: headerText.min(1), password: text, ref: refName, srtp: srtp.exactOptional() }),
    )
    .max(10_000),
  peers: z.array(z.object({ ref: refName, cidrs: z.array(cidr).max(1_000) })).max(1_000),
  trunks: z
    .array(
      z.object({
        ref: refName,
        server: sipUri,
        username: headerText,
        password: text,
        transport: z.enum(['udp', 'tcp', 'tls']),
        expiresS: z.number().int().min(30).max(86_400),
        srtp: srtp.exactOptional(),
      }),
    )
    .max(1_000),
  selfCalls: z
    .array(z.object({ token: z.string().regex(/^[a-z0-9_-]{16,128}$/), ref: refName }))
    .max(1_000)
    .exactOptional(),
  holdNotice: z
    .object({ prompt: fileName, everyMs: z.number().int().min(1_000).max(3_600_000) })
    .nullable()
    .exactOptional(),
  hold: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('program') }),
    z.object({ kind: z.literal('music'), file: z.string().max(4_096).nullable() }),
  ]),
  comfortNoise: z.array(refName).max(1_000).exactOptional(),
  rtpTimeoutMs: z.number().int().min(1_000).max(3_600_000),
  dialTimeoutMs: z.number().int().min(1_000).max(600_000),
  stationName: headerText,
  outputs: z.array(output).max(100).exactOptional(),
  delayDumpMs: z.number().int().min(0).max(MAX_DELAY_MS).exactOptional(),
  ice: z.object({ servers: z.array(iceServer).max(16) }).exactOptional(),
  studio: studio.nullable().exactOptional(),
});

/** An SDP of a browser with video, data and all its candidates is half of it. */
const offer = z.string().min(1).max(65_536);

const finalStatus = z.number().int().min(200).max(699);

const COMMAND_SCHEMAS: { readonly [C in ControlCommand]: z.ZodType<ControlCommands[C]['data']> } = {
  'engine.configure': z.object({ config }),
  'leg.answer': z.object({ leg, place, levels: levels.exactOptional() }),
  'leg.reject': z.object({ leg, status: finalStatus.min(300), reason: headerText }),
  'leg.dial': z.object({
    leg,
    target: legTarget,
    from: z.object({ number: headerText.nullable(), displayName: headerText.nullable() }),
    place,
    levels,
    tag,
  }),
  'leg.connect': z.object({ leg, offer, place, levels, tag, ref: refName }),
  'leg.reoffer': z.object({ leg, offer }),
  'leg.candidate': z.object({ leg, candidate: z.string().max(1_024), mid: z.string().max(256) }),
  'leg.hangup': z.object({ leg }),
  'legs.place': z.object({ places: z.array(z.object({ leg, place })).min(1).max(1_000) }),
  'leg.whisper': z.object({ leg, to: leg.nullable() }),
  'listener.connect': z.object({ offer }),
  'listener.close': z.object({ listener: z.string().max(64) }),
  'leg.levels': z.object({ leg, levels }),
  'leg.tag': z.object({ leg, tag }),
  'program.set': z.object({
    levelDb: gainDb.exactOptional(),
    isMuted: z.boolean().exactOptional(),
    isOnAir: z.boolean().exactOptional(),
  }),
  'program.delay': z.object({ targetMs: z.number().min(0).max(MAX_DELAY_MS) }),
  'program.dump': z.object({ dumpMs: z.number().min(1).max(MAX_DELAY_MS), recording: fileName }),
  'record.start': z.object({
    recording: fileName,
    source: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('leg'), leg }),
      z.object({ kind: z.literal('program') }),
    ]),
    ivr: z.object({ maxMs: z.number().int().min(1_000).max(3_600_000) }).exactOptional(),
  }),
  'record.stop': z.object({ recording: fileName }),
  'player.start': z.object({
    player: fileName,
    file: z.object({ kind: z.enum(['recording', 'prompt']), name: fileName }),
    to: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('air') }),
      z.object({ kind: z.literal('leg'), leg }),
    ]),
    levelDb: gainDb,
    fromMs: z.number().int().min(0).max(86_400_000).exactOptional(),
    tag,
  }),
  'player.level': z.object({ player: fileName, levelDb: gainDb }),
  'player.stop': z.object({ player: fileName }),
  subscribe: z.object({ meters: z.boolean() }),
  'message.send': z.object({
    target,
    text: z.string().max(65_536),
    message: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/)
      .exactOptional(),
    attempt: z.number().int().min(1).exactOptional(),
    contentType: headerText.min(1).exactOptional(),
    from: z.object({ number: headerText.nullable(), displayName: headerText.nullable() }).exactOptional(),
  }),
  'message.answer': z.object({ message: z.string().min(1).max(128), status: finalStatus }),
};

export function isControlCommand(name: unknown): name is ControlCommand {
  return typeof name === 'string' && Object.hasOwn(COMMAND_SCHEMAS, name);
}

/** The first thing that is wrong, as "places.0.place: …". */
export function checkCommand<C extends ControlCommand>(
  command: C,
  data: unknown,
): { ok: true; data: ControlCommands[C]['data'] } | { ok: false; msg: string } {
  const result = COMMAND_SCHEMAS[command].safeParse(data);
  if (result.success) return { ok: true, data: result.data };
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  return { ok: false, msg: `${path === '' ? 'data' : path}: ${issue?.message ?? 'invalid'}` };
}
