/**
 * Everything a station can set, with its default. The messages say what is allowed; problems.ts puts where and what
 * is wrong in front of it. The shape is what `openline settings export` writes and the console edits.
 */
import { isIP } from 'node:net';
import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { isCidr } from './cidr.ts';

const text = (allowed: string, maxLength = 200) => z.string(allowed).min(1, allowed).max(maxLength, allowed);
const wholeNumber = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
};
const isOn = () => z.boolean('true or false');
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `one of ${values.join(', ')}`);
const id = () =>
  z
    .string('a short name of a-z, 0-9, _ and -')
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a short name of at most 32 of a-z, 0-9, _ and -');
const secret = () => text('a text of 1 to 200 characters');
const prompt = () =>
  z
    .string('the id of a prompt')
    .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'the id of a prompt: at most 40 of a-z, 0-9, _ and -');
const account = () =>
  z
    .string('a user name of letters, digits, . _ + and -')
    .regex(/^[A-Za-z0-9._+-]{1,64}$/, 'a user name of at most 64 letters, digits, . _ + and -');
const pattern = () =>
  text('a regular expression', 100).refine(
    (source) => isPattern(source),
    'a regular expression that compiles',
  );
const sipUri = (scheme = 'a SIP address as sip:host or sip:host:port') =>
  z.string(scheme).regex(/^sips?:[^\s<>";]{1,200}$/i, scheme);
const folder = () =>
  text('a folder, from the root', 1_000).regex(/^(?:\/|[A-Za-z]:[\\/])/, 'a folder, from the root');
const ICECAST = 'an address as icecast://user:pw@host:port/mount';
// As http once more: only there URL looks at the host.
const icecastUrl = () =>
  z
    .url({ protocol: /^(icecast|http|https)$/, error: ICECAST, abort: true })
    .refine((url) => URL.canParse(url.replace(/^icecast:/i, 'http:')), ICECAST);

const DEVICE = 'the name of a device, as plughw:1,0';

/** An object whose keys are all known; says which are when one is not. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `allowed here: ${Object.keys(shape).join(', ')}`
        : `an object with ${Object.keys(shape).join(', ')}`,
  });
}
const list = <Item extends z.ZodType>(item: Item, max: number) =>
  z.array(item, 'a list').max(max, `a list of at most ${max}`);

/** Whether sound is encrypted where the far end can, or always. */
const srtp = () => oneOf(['optional', 'required']).default('optional');

const user = section({
  /** What the user signs in with, and the id of the user's own channel. */
  id: id(),
  /** As shown on strips and in history. */
  name: text('a name of 1 to 80 characters', 80),
  /** What the user may do: see protocol's table of roles. */
  role: oneOf(['viewer', 'screener', 'producer', 'administrator']),
  /** In clear when given; it is hashed when read and never kept. */
  password: z
    .string('a password of 8 to 200 characters')
    .min(8, 'a password of 8 to 200 characters')
    .max(200, 'a password of 8 to 200 characters')
    .optional(),
  /** What is kept of it: argon2id with its parameters, as in an exported document. */
  password_hash: z
    .string('a hash as $argon2id$v=19$m=…,t=…,p=…$salt$hash')
    .regex(
      /^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/,
      'a hash as $argon2id$v=19$m=…,t=…,p=…$salt$hash',
    )
    .optional(),
});

const line = section({
  /** Its channels are called `{id}-1`, `{id}-2`, … */
  id: id(),
  /** How its calls come in. */
  type: oneOf(['sip']).default('sip'),
  /** As shown on the strips; the id when absent. */
  label: text('a label of 1 to 60 characters', 60).optional(),
  /** The number listeners dial, shown to those we call. */
  number: text('a telephone number', 40).nullable().default(null),
  /** How many calls at a time: so many channels. */
  capacity: wholeNumber(1, 64).default(4),
  /** Source addresses that may call in without registering: a gateway, a trunk. */
  trust: list(
    z.string('an address range as 192.0.2.0/24').refine(isCidr, 'an address range as 192.0.2.0/24'),
    64,
  ).default([]),
  /** Gateways and phones that register with us, and whose calls come in on this line. */
  accounts: list(section({ username: account(), password: secret(), srtp: srtp() }), 64).default([]),
  /** A provider with whom we register. */
  register: section({
    server: sipUri(),
    username: text('a user name', 100),
    password: secret(),
    transport: oneOf(['udp', 'tcp', 'tls']).default('udp'),
    srtp: srtp(),
  })
    .nullable()
    .default(null),
  /** Where it dials out to without registration; null: see way-out.ts. */
  gateway: sipUri().nullable().default(null),
  /** Numbers that are dialled over this line when no line is asked for: regular expressions. */
  patterns: list(pattern(), 32).default([]),
  /** Whether pauses are described to its callers instead of sent (RFC 3389), where they can have them so. */
  comfort_noise: isOn().default(false),
  /** Whether texts come in and go out on it. */
  sms: isOn().default(false),
  /** The prompt that callers who are to leave a question hear first, unless the current bucket has one. */
  greeting: prompt().nullable().default(null),
});

/** A modem or mobile phone, through gammu-smsd with `service = files`, `inboxformat = detail` and `transmitformat = auto`. */
const gammu = section({
  /** Names it in alarms and in the log. */
  id: id(),
  type: oneOf(['gammu']),
  /** The line whose texts it carries. */
  line: id(),
  /** The folders of its configuration: inboxpath, outboxpath, sentsmspath, errorsmspath. */
  inbox: folder(),
  outbox: folder(),
  sent: folder(),
  error: folder(),
});

const phone = section({
  /** Whose phone it is: the id of a user. */
  user: id(),
  /** Account with which the phone registers by SIP. */
  username: account(),
  password: secret(),
  srtp: srtp(),
});

const ipAddress = (allowed: string) => z.string(allowed).refine((value) => isIP(value) !== 0, allowed);
const soundProgram = () => oneOf(['aplay', 'pw-cat', 'pacat', 'ffmpeg']).default('aplay');
const soundDevice = () =>
  z
    .string(DEVICE)
    .regex(/^[^-\s][^\r\n]{0,199}$/, DEVICE)
    .nullable()
    .default(null);
const udpPort = () => wholeNumber(1, 65_535).default(5_004);
const encoding = () => oneOf(['L16', 'L24']).default('L24');
const packetMs = () =>
  z
    .union([z.literal(1), z.literal(4), z.literal(5), z.literal(10), z.literal(20)], '1, 4, 5, 10 or 20')
    .default(1);
/** How many routers multicast passes. */
const ttl = () => wholeNumber(1, 255).default(8);
/** The address of the network interface for multicast; null: the system's choice. */
const networkInterface = () => ipAddress('an address of this machine').nullable().default(null);
/** Two are mixed to one. */
const channels = () => z.union([z.literal(1), z.literal(2)], '1 or 2').default(1);

/** Where a studio desk hears us that is fed by a sound device or RTP; null: it has another way to. */
const hostReturn = z
  .discriminatedUnion(
    'type',
    [
      section({ type: oneOf(['device']), program: soundProgram(), device: soundDevice() }),
      section({
        type: oneOf(['rtp']),
        address: ipAddress('an address as 239.69.1.2'),
        port: udpPort(),
        encoding: encoding(),
        ptime_ms: packetMs(),
        ttl: ttl(),
        interface: networkInterface(),
      }),
    ],
    { error: 'an object of type device or rtp' },
  )
  .nullable()
  .default(null);

/** Without `type` a SIP phone, as it was once the only kind. */
const host = z.discriminatedUnion(
  'type',
  [
    section({
      type: oneOf(['phone']).optional().default('phone'),
      username: account(),
      password: secret(),
    }),
    /** The console of whoever connects as the studio desk. */
    section({ type: oneOf(['webrtc']) }),
    /** A sound device of this machine, through the platform's own program. */
    section({
      type: oneOf(['device']),
      program: soundProgram(),
      device: soundDevice(),
      channels: channels(),
      return: hostReturn,
    }),
    /** RTP from a mixing desk, a sound interface on the network, another computer. */
    section({
      type: oneOf(['rtp']),
      /** The multicast group, or one of our addresses; null: sent to any of ours. */
      address: ipAddress('an address as 239.69.1.1').nullable().default(null),
      port: udpPort(),
      encoding: encoding(),
      rate: z.union([z.literal(48_000), z.literal(44_100)], '48000 or 44100').default(48_000),
      channels: channels(),
      interface: networkInterface(),
      /** Only this sender is heard; null: whoever comes first, until it is silent. */
      source: ipAddress('the address of the sender').nullable().default(null),
      return: hostReturn,
    }),
  ],
  { error: 'an object of type phone, webrtc, device or rtp' },
);

const iceServer = section({
  url: z
    .string('an address as stun:host:port or turn:host:port')
    .regex(
      /^(?:stuns?|turns?):[^\s/@?]{1,200}(?:\?transport=(?:udp|tcp))?$/,
      'an address as stun:host:port or turn:host:port',
    ),
  /** TURN asks for both. */
  username: text('a user name', 100).nullable().default(null),
  password: secret().nullable().default(null),
});

const bitrate = () => wholeNumber(32, 256).default(96);

const outputBase = {
  /** Names it in the console and in `/program/{id}.sdp`; output-1, output-2… when absent. */
  id: id().optional(),
  /** As shown; the id when absent. */
  label: text('a label of 1 to 60 characters', 60).optional(),
  /** Behind the broadcast delay, or before it. */
  delayed: isOn().default(true),
};

const output = z.discriminatedUnion(
  'type',
  [
    /** Ogg-Opus to an Icecast server. */
    section({
      ...outputBase,
      type: oneOf(['icecast']),
      url: icecastUrl(),
      /** Of the source, when the address does not carry it. */
      password: secret().optional(),
      bitrate_kbps: bitrate(),
      description: text('a text of 1 to 200 characters').optional(),
      genre: text('a text of 1 to 60 characters', 60).optional(),
      /** Whether the server may list it in directories. */
      public: isOn().default(false),
    }),
    /** RTP to one address or a multicast group: AES67 receivers and other studio links. */
    section({
      ...outputBase,
      type: oneOf(['rtp']),
      address: ipAddress('an address as 239.69.1.1'),
      port: udpPort(),
      encoding: encoding(),
      /** Of sound in a packet. */
      ptime_ms: packetMs(),
      ttl: ttl(),
      interface: networkInterface(),
    }),
    /** A sound device of this machine, through the platform's own program. */
    section({
      ...outputBase,
      type: oneOf(['device']),
      program: soundProgram(),
      device: soundDevice(),
    }),
    /** A call to a transmitter site, kept up. */
    section({
      ...outputBase,
      type: oneOf(['sip']),
      /** A SIP address, or a number with a line. */
      address: z
        .string('a SIP address, or a number with a line')
        .regex(/^(?:sips?:[^\s<>";]{1,200}|[+0-9*#]{1,40})$/i, 'a SIP address, or a number with a line'),
      line: id().nullable().default(null),
    }),
  ],
  { error: 'an object with type: icecast, rtp, device or sip' },
);

export const settingsSchema = section({
  station: section({
    /** Shown to callers' phones and in the console. */
    name: text('a name of 1 to 80 characters', 80).default('Openline'),
    /** Two letters (ISO 3166): whose national numbers are meant when there is no +. */
    country: z
      .string('the two capital letters of a country, as GM')
      .refine(isSupportedCountry, 'the two capital letters of a country, as GM')
      .nullable()
      .default(null),
    /** Languages of the console, the first is the default (ISO 639). */
    languages: list(z.string('a language as en').regex(/^[a-z]{2,3}$/, 'a language as en'), 20).default([
      'en',
    ]),
  }).prefault({}),
  /** Who may sign in. */
  users: list(user, 200).default([]),
  /** Where calls come from and go to. */
  lines: list(line, 32).default([]),
  /** Desk phones and softphones of users. */
  phones: list(phone, 200).default([]),
  /** Where the studio desk's feed comes from and its return goes; null: no host. */
  host: host.nullable().default(null),
  headsets: section({
    /** Servers by which headsets outside of the station's network are reached (STUN, TURN); browsers are told of them. */
    ice_servers: list(iceServer, 8).default([]),
  }).prefault({}),
  dial: section({
    /** Numbers that may be dialled: regular expressions. Empty: nobody dials out. */
    allow: list(pattern(), 64).default([]),
    /** Outgoing minutes a day, all lines together, against toll fraud. */
    max_minutes_per_day: wholeNumber(0, 100_000).default(300),
    /** Outgoing calls at a time, all lines together. */
    max_calls: wholeNumber(0, 64).default(16),
    /** An outgoing call that nobody answers is given up after so long. */
    timeout_ms: wholeNumber(5_000, 180_000).default(45_000),
  }).prefault({}),
  audio: section({
    /** What callers on hold hear: the program, or a file name in the data folder's `hold`. */
    hold: z
      .string('"program" or the name of a WAV file in the folder hold of the data folder')
      .regex(
        /^(program|[A-Za-z0-9][A-Za-z0-9_. -]{0,80}\.wav)$/,
        '"program" or the name of a WAV file in the folder hold of the data folder',
      )
      .default('program'),
    /** A prompt that callers on hold hear every so often, over what else they hear. */
    hold_notice: prompt().nullable().default(null),
    /** How often. */
    hold_notice_every_s: wholeNumber(15, 3_600).default(60),
    /** Evens out callers' loudness. */
    leveller: isOn().default(true),
    /** Callers on air are 6 dB lower while the host speaks; the leveller does it. */
    ducking: isOn().default(false),
    /** How much one press of the dump button takes out of the broadcast delay. */
    delay_dump_ms: wholeNumber(0, 60_000).default(3_000),
    /** A call whose sound stays away so long is ended. */
    rtp_timeout_ms: wholeNumber(1_000, 600_000).default(15_000),
  }).prefault({}),
  questions: section({
    /** How long a caller may speak. */
    max_s: wholeNumber(5, 3_600).default(180),
    /** The prompt that thanks a caller whose time is up, or who has pressed #. */
    thanks: prompt().nullable().default(null),
  }).prefault({}),
  /** Where the program goes besides the desk's return. */
  outputs: list(output, 16).default([]),
  /** The live program at `/program`, for browsers and players. */
  program_stream: section({
    /** Who may listen: nobody, who is signed in, everybody. */
    access: oneOf(['off', 'signed_in', 'open']).default('off'),
    delayed: isOn().default(true),
    bitrate_kbps: bitrate(),
    /** More are asked to come again. */
    max_listeners: wholeNumber(1, 1_000).default(50),
    /** By WebRTC (WHEP), besides those: each takes the ports of a call. */
    max_webrtc_listeners: wholeNumber(0, 100).default(10),
  }).prefault({}),
  sms: section({
    /** What carries texts besides SIP, which needs no entry: every line with `sms` that none of these carries. */
    gateways: list(gammu, 16).default([]),
    /** A text that cannot be sent for the moment is tried so often; the pauses grow to five minutes. */
    retry_limit: wholeNumber(1, 10_000).default(100),
    /** Texts that would travel in more parts are refused. */
    max_parts: wholeNumber(1, 255).default(12),
    /** Asks phones that can (RFC 5438) to say that a text was delivered. */
    delivery_reports: isOn().default(false),
    /** A text that begins with the word gets the tag: polls and requests. */
    tag_rules: list(
      section({
        word: z
          .string('a single word')
          .regex(/^[\p{L}\p{N}\p{M}]{1,40}$/u, 'a single word of letters and digits'),
        tag: text('a tag of 1 to 64 characters', 64),
      }),
      100,
    ).default([]),
  }).prefault({}),
  /** Programs of the former system, which connect to `/?user_id=…` without signing in. */
  older_clients: section({
    /** The addresses they may come from; empty: none may. */
    allow: list(
      z.string('an address range as 192.0.2.0/24').refine(isCidr, 'an address range as 192.0.2.0/24'),
      64,
    ).default([]),
    /** The most they may do. */
    role: oneOf(['viewer', 'screener', 'producer']).default('producer'),
    /** Pages of other servers that may connect, as http://host:port; programs need none. */
    origins: list(
      z
        .string('an origin as http://host:port')
        .regex(/^https?:\/\/[^/\s]{1,200}$/, 'an origin as http://host:port'),
      16,
    ).default([]),
  }).prefault({}),
  retention: section({
    /** Recordings older than this are removed; 0 keeps them for ever. */
    recordings_days: wholeNumber(0, 36_500).default(90),
    /** The same for texts. */
    messages_days: wholeNumber(0, 36_500).default(365),
    /** The same for the history of calls. */
    calls_days: wholeNumber(0, 36_500).default(365),
  }).prefault({}),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsUser = Settings['users'][number];

/** With no lines at all there is one to try, which only this machine can call. */
export const DEFAULT_LINES: readonly unknown[] = [
  { id: 'studio', type: 'sip', label: 'Studio line', capacity: 6, trust: ['127.0.0.0/8', '::1/128'] },
];

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
