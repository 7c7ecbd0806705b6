// Every word of the console in English, and the shape that each further language file fills. Sentences with parts
// are functions, so that a language can put the parts in its own order.
import type { Act, ModeWord } from '../features/desk/strip-view.ts';
import type { OperatorWord } from '../features/desk/operator-view.ts';
import type { Decibels } from '../ui/level.ts';

const modes: Record<ModeWord, string> = {
  ringing: 'Ringing',
  dialling: 'Dialling',
  calling: 'Calling',
  withYou: 'With you',
  withUser: 'Private',
  ivr: 'IVR',
  onHold: 'On hold',
  onAir: 'On air',
  offAir: 'In studio',
  free: 'Free',
  defunct: 'Line down',
};

const acts: Record<Act, string> = {
  air: 'Air',
  airBoth: 'Both',
  hold: 'Hold',
  screen: 'Screen',
  ivr: 'IVR',
  drop: 'Drop',
  reject: 'Reject',
  cancel: 'Cancel',
  dial: 'Dial',
};

/** What a button does, said in full for those who do not see the strip around it. */
const actsInFull: Record<Act, (strip: string) => string> = {
  air: (strip) => `${strip}: put the caller on air`,
  airBoth: (strip) => `${strip}: take the caller and you to air together`,
  hold: (strip) => `${strip}: put the caller on hold`,
  screen: (strip) => `${strip}: talk to the caller in your headset`,
  ivr: (strip) => `${strip}: send the caller to the voice menu`,
  drop: (strip) => `${strip}: hang up`,
  reject: (strip) => `${strip}: reject the call`,
  cancel: (strip) => `${strip}: stop calling`,
  dial: (strip) => `${strip}: dial a number`,
};

const operators: Record<OperatorWord, string> = {
  noHeadset: 'No headset',
  ready: 'Ready',
  ringing: 'Their phone rings',
  onAir: 'On air',
  inStudio: 'In studio',
  private: 'Private',
};

const roles = {
  viewer: 'Viewer',
  screener: 'Screener',
  producer: 'Producer',
  administrator: 'Administrator',
};

const causes: Record<string, string> = {
  normal: 'Hung up',
  cancelled: 'Cancelled',
  busy: 'Busy',
  rejected: 'Rejected',
  no_answer: 'No answer',
  not_found: 'Number unknown',
  unreachable: 'Not reachable',
  rtp_timeout: 'Sound was lost',
  session_expired: 'Session expired',
  media_error: 'Sound failed',
  protocol_error: 'Fault on the line',
  exchange_stopped: 'Exchange stopped',
};

export const en = {
  languageName: 'English',
  modes,
  acts,
  actsInFull,
  operators,
  roles,
  causes,
  decibels: ({ sign, dB }: Decibels): string => (sign === '' ? '0 dB' : `${sign}${dB} dB`),
  decibelsInWords: ({ sign, dB }: Decibels): string =>
    sign === '' ? 'unity' : `${dB} decibels ${sign === '+' ? 'above' : 'below'} unity`,

  product: 'Openline',
  close: 'Close',

  signIn: {
    title: 'Sign in',
    name: 'Name',
    password: 'Password',
    submit: 'Sign in',
    busy: 'Signing in…',
    wrong: 'Name or password is not right.',
    tooMany: 'Too many attempts. Wait a minute, then try again.',
    unreachable: 'The server does not answer. Check the network and try again.',
    failed: 'That did not work. Try again in a moment.',
    firstStart: 'First start? Open the set-up link that the server printed when it started.',
  },
  setUp: {
    title: 'Set up your station',
    lead: 'Three answers, and the desk opens.',
    station: 'Station name',
    stationHint: 'What listeners call you, for example Radio Baobab',
    name: 'Your name',
    nameHint: 'You become the administrator and sign in with this name',
    password: 'Password',
    passwordHint: 'At least 8 characters; a short sentence is best',
    passwordShort: 'The password is too short: at least 8 characters.',
    submit: 'Open the desk',
    busy: 'Setting up…',
    noToken: 'This link is not complete. Open the set-up link just as the server printed it.',
    expired: 'This set-up link has been used already or is not valid. Start the server again for a new one.',
    done: 'Already set up? Sign in',
  },

  connection: {
    connecting: 'Connecting to the desk…',
    lost: 'No connection to the server. The calls go on; the controls come back by themselves.',
    newVersion: 'There is a new version of this page.',
    loadNewVersion: 'Load it',
  },

  screens: {
    title: 'Screens',
    desk: 'Desk',
    calls: 'Calls',
    opening: 'Opening…',
  },
  undo: {
    undo: 'Undo',
  },

  topBar: {
    menu: 'Your menu',
    theme: 'Light theme',
    keys: 'Keyboard map',
    signOut: 'Sign out',
    ringing: (count: number) => `${count} ringing`,
    waiting: (count: number) => `${count} on hold`,
    alarms: 'Alarms',
    alarmCount: (count: number) => `${count} alarms`,
    lineDown: (line: string) => `${line} is down`,
    lineRegistering: (line: string) => `${line} is signing on`,
    panel: 'Dial and calls',
  },

  strip: {
    name: (key: string, label: string) => (key === '' ? label : `${key}, ${label}`),
    pending: (mode: string) => `→ ${mode}`,
    callers: 'Callers',
    callerName: 'Name',
    callerPlace: 'Place',
    callerNotes: 'Point, notes',
    unknownNumber: 'Number withheld',
    noCaller: 'No caller',
    lastCaller: 'last caller',
    lineDown: 'The line is down',
    heldByRemote: 'Caller holds',
    actsTitle: (strip: string) => `${strip}: what to do next`,
    level: (strip: string) => `${strip}: caller's level`,
    meter: (strip: string) => `${strip}: caller's loudness`,
    mute: 'Mute',
    record: 'Rec',
    muteInFull: (strip: string) => `${strip}: mute the caller`,
    recordInFull: (strip: string) => `${strip}: record this call`,
    auto: 'Auto',
    autoNone: 'off',
    autoInFull: (strip: string) => `${strip}: how the next call is answered`,
    autoTo: {
      master: 'to air',
      ivr: 'to IVR',
      on_hold: 'to hold',
    },
    autoTitle: 'Answer the next call by itself',
    autoOffFull: 'No, let it ring',
    autoToFull: {
      master: 'Straight to air',
      ivr: 'To the voice menu',
      on_hold: 'To hold',
    },
    autoToUser: (name: string) => `To ${name}`,
    quality: (loss: string, jitterMs: number) => `${loss} % lost, ${jitterMs} ms jitter`,
    grades: {
      good: 'Good line',
      fair: 'Fair line',
      poor: 'Poor line',
    },
    none: 'There is no line yet. Lines are added in the settings.',
    dismiss: 'Dismiss',
  },

  operatorRow: {
    title: 'Operators',
    you: 'you',
    withChannel: (channel: string) => `With ${channel}`,
    toAir: 'To air',
    bothToAir: 'Both to air',
    offAir: 'Off air',
    endTalk: 'End talk',
    microphoneLevel: 'Microphone level',
    microphoneOff: 'Mic off',
    listenLevel: 'Listening level',
    muteListening: 'Silence',
    record: 'Record',
    details: (name: string) => `${name}: levels and more`,
  },

  master: {
    title: 'Master',
    onAir: 'On air',
    offAir: 'Off air',
    holdToGo: 'Press and hold to go on air',
    holdToLeave: 'Press and hold to leave',
    level: 'Program level',
    mute: 'Mute',
    muteInFull: 'Mute program and desk return',
    record: 'Rec',
    recordInFull: 'Record the program',
    program: 'Program',
    programInFull: 'Program loudness',
    air: 'Air',
    airInFull: 'Loudness on air',
    host: 'Studio',
    hostLevel: 'Studio level into the conference',
    hostMeter: 'Studio loudness',
    hostMute: 'Mute the studio',
    hostAway: 'not connected',
  },

  dial: {
    title: 'Dial',
    number: 'Number to call',
    numberHint: 'Number or SIP address',
    lands: 'Where the called party lands',
    onChannel: 'On which channel',
    anyChannel: 'Any free channel',
    call: 'Call',
    erase: 'Erase last digit',
    landsIn: {
      on_hold: 'Hold',
      me: 'With me',
      master: 'Air',
      ivr: 'IVR',
    },
    digit: (digit: string) => `Digit ${digit}`,
  },

  calls: {
    title: 'Calls',
    search: 'Name or number',
    none: 'No calls yet. They are listed here as they come.',
    loading: 'Reading the list…',
    more: 'Older calls',
    callBack: (who: string) => `Call back ${who}`,
    play: 'Play the recording',
    program: 'Program recording',
    incoming: 'Incoming',
    outgoing: 'Outgoing',
    onAirFor: (duration: string) => `${duration} on air`,
    underWay: 'under way',
  },

  keys: {
    title: 'Keyboard map',
    lead: 'Choose a strip by its number, then press the letter.',
    strip: 'Choose a strip',
    unchoose: 'Leave the strip',
    air: 'To air',
    both: 'Both to air',
    hold: 'Hold',
    screen: 'Screen, to my headset',
    ivr: 'Voice menu',
    drop: 'Drop, reject, cancel',
    mute: 'Mute',
    record: 'Record',
    next: 'Longest on hold to air',
    map: 'This map',
    fader: 'Move the fader',
    unity: 'Fader to unity',
  },

  announce: {
    mode: (strip: string, mode: string, who: string) =>
      who === '' ? `${strip}: ${mode}` : `${strip}: ${mode}, ${who}`,
    onAir: 'The program is on air',
    offAir: 'The program is off air',
  },
};

export type Texts = typeof en;
