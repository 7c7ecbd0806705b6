// The console in Swahili, as it is spoken in the studios of East Africa: what everybody there calls by its English
// name (studio, meter, IVR) stays so.
import type { Act, ModeWord } from '../features/desk/strip-view.ts';
import type { OperatorWord } from '../features/desk/operator-view.ts';
import type { Texts } from './en.ts';

const modes: Record<ModeWord, string> = {
  ringing: 'Inaita',
  dialling: 'Inapiga',
  calling: 'Inaita kwake',
  withYou: 'Nawe',
  withUser: 'Faragha',
  ivr: 'IVR',
  onHold: 'Anasubiri',
  onAir: 'Hewani',
  offAir: 'Studioni',
  free: 'Wazi',
  defunct: 'Imekatika',
};

const acts: Record<Act, string> = {
  air: 'Hewani',
  airBoth: 'Wote',
  hold: 'Subirisha',
  screen: 'Chuja',
  ivr: 'IVR',
  drop: 'Kata',
  reject: 'Kataa',
  cancel: 'Ghairi',
  dial: 'Piga',
};

/** What a button does, said in full for those who do not see the strip around it. */
const actsInFull: Record<Act, (strip: string) => string> = {
  air: (strip) => `${strip}: mpeleke mpigaji hewani`,
  airBoth: (strip) => `${strip}: nenda hewani pamoja na mpigaji`,
  hold: (strip) => `${strip}: msubirishe mpigaji`,
  screen: (strip) => `${strip}: zungumza na mpigaji kwa vipokea sauti`,
  ivr: (strip) => `${strip}: mpeleke mpigaji kwenye mashine ya sauti`,
  drop: (strip) => `${strip}: kata simu`,
  reject: (strip) => `${strip}: kataa simu`,
  cancel: (strip) => `${strip}: acha kupiga`,
  dial: (strip) => `${strip}: piga namba`,
};

const operators: Record<OperatorWord, string> = {
  noHeadset: 'Hana vipokea sauti',
  ready: 'Tayari',
  ringing: 'Simu yake inaita',
  onAir: 'Hewani',
  inStudio: 'Studioni',
  private: 'Faragha',
};

const roles = {
  viewer: 'Mtazamaji',
  screener: 'Mpokea simu',
  producer: 'Prodyuza',
  administrator: 'Msimamizi',
};

const causes: Record<string, string> = {
  normal: 'Alikata simu',
  cancelled: 'Ilighairiwa',
  busy: 'Ilikuwa inatumika',
  rejected: 'Ilikataliwa',
  no_answer: 'Haikupokelewa',
  not_found: 'Namba haijulikani',
  unreachable: 'Haipatikani',
  rtp_timeout: 'Sauti ilipotea',
  session_expired: 'Muda wa simu uliisha',
  media_error: 'Hitilafu ya sauti',
  protocol_error: 'Hitilafu ya laini',
  exchange_stopped: 'Mtambo wa simu ulizimika',
};

export const sw: Texts = {
  languageName: 'Kiswahili',
  modes,
  acts,
  actsInFull,
  operators,
  roles,
  causes,
  decibels: ({ sign, dB }): string => (sign === '' ? '0 dB' : `${sign}${dB} dB`),
  decibelsInWords: ({ sign, dB }): string =>
    sign === '' ? 'kiwango cha kawaida' : `desibeli ${dB} ${sign === '+' ? 'juu' : 'chini'} ya kawaida`,

  product: 'Openline',
  close: 'Funga',

  signIn: {
    title: 'Ingia',
    name: 'Jina',
    password: 'Nywila',
    submit: 'Ingia',
    busy: 'Inaingia…',
    wrong: 'Jina au nywila si sahihi.',
    tooMany: 'Umejaribu mara nyingi mno. Subiri dakika moja, kisha jaribu tena.',
    unreachable: 'Seva haijibu. Angalia mtandao, kisha jaribu tena.',
    failed: 'Imeshindikana. Jaribu tena baada ya muda mfupi.',
    firstStart: 'Unaanza kwa mara ya kwanza? Fungua kiungo ambacho seva ilionyesha ilipowashwa.',
  },
  setUp: {
    title: 'Andaa kituo chako',
    lead: 'Majibu matatu, na meza ya simu inafunguka.',
    station: 'Jina la kituo',
    stationHint: 'Jina ambalo wasikilizaji wanawaita, kwa mfano Radio Baobab',
    name: 'Jina lako',
    nameHint: 'Utakuwa msimamizi, na utaingia kwa jina hili',
    password: 'Nywila',
    passwordHint: 'Angalau herufi 8; sentensi fupi ni bora zaidi',
    passwordShort: 'Nywila ni fupi mno: angalau herufi 8.',
    submit: 'Fungua meza',
    busy: 'Inaandaa…',
    noToken: 'Kiungo hiki hakijakamilika. Fungua kiungo kama seva ilivyokionyesha.',
    expired: 'Kiungo hiki kimeshatumika au si halali. Washa seva upya ili kupata kingine.',
    done: 'Umeshaandaa? Ingia',
  },

  connection: {
    connecting: 'Inaunganisha na meza…',
    lost: 'Hakuna mawasiliano na seva. Simu zinaendelea; vidhibiti vitarudi vyenyewe.',
    newVersion: 'Kuna toleo jipya la ukurasa huu.',
    loadNewVersion: 'Lipakie',
  },

  screens: {
    title: 'Kurasa',
    desk: 'Meza',
    calls: 'Simu',
    opening: 'Inafunguliwa…',
  },
  undo: {
    undo: 'Tengua',
  },

  topBar: {
    menu: 'Menyu yako',
    theme: 'Mandhari angavu',
    keys: 'Vitufe vya kibodi',
    signOut: 'Toka',
    ringing: (count: number) => `${count} zinaita`,
    waiting: (count: number) => `${count} wanasubiri`,
    alarms: 'Tahadhari',
    alarmCount: (count: number) => `Tahadhari ${count}`,
    lineDown: (line: string) => `${line} imekatika`,
    lineRegistering: (line: string) => `${line} inajisajili`,
    panel: 'Kupiga na simu',
  },

  strip: {
    name: (key: string, label: string) => (key === '' ? label : `${key}, ${label}`),
    pending: (mode: string) => `→ ${mode}`,
    callers: 'Wapigaji',
    callerName: 'Jina',
    callerPlace: 'Mahali',
    callerNotes: 'Hoja, maelezo',
    unknownNumber: 'Namba imefichwa',
    noCaller: 'Hakuna mpigaji',
    lastCaller: 'wa mwisho',
    lineDown: 'Laini imekatika',
    heldByRemote: 'Mpigaji amesitisha',
    actsTitle: (strip: string) => `${strip}: la kufanya sasa`,
    level: (strip: string) => `${strip}: kiwango cha mpigaji`,
    meter: (strip: string) => `${strip}: sauti ya mpigaji`,
    mute: 'Zima',
    record: 'Rekodi',
    muteInFull: (strip: string) => `${strip}: zima sauti ya mpigaji`,
    recordInFull: (strip: string) => `${strip}: rekodi simu hii`,
    auto: 'Pokea',
    autoNone: 'hapana',
    autoInFull: (strip: string) => `${strip}: jinsi simu ijayo itakavyopokelewa`,
    autoTo: {
      master: 'hewani',
      ivr: 'kwa IVR',
      on_hold: 'asubiri',
    },
    autoTitle: 'Pokea simu ijayo yenyewe',
    autoOffFull: 'Hapana, iache iite',
    autoToFull: {
      master: 'Moja kwa moja hewani',
      ivr: 'Kwenye mashine ya sauti',
      on_hold: 'Asubiri',
    },
    autoToUser: (name: string) => `Kwa ${name}`,
    quality: (loss: string, jitterMs: number) => `zimepotea ${loss} %, mtikisiko ms ${jitterMs}`,
    grades: {
      good: 'Laini nzuri',
      fair: 'Laini ya wastani',
      poor: 'Laini mbaya',
    },
    none: 'Bado hakuna laini. Laini huongezwa kwenye mipangilio.',
    dismiss: 'Ondoa',
  },

  operatorRow: {
    title: 'Wahudumu',
    you: 'wewe',
    withChannel: (channel: string) => `Na ${channel}`,
    toAir: 'Nenda hewani',
    bothToAir: 'Wote hewani',
    offAir: 'Toka hewani',
    endTalk: 'Maliza',
    microphoneLevel: 'Kiwango cha maikrofoni',
    microphoneOff: 'Zima maiki',
    listenLevel: 'Kiwango cha kusikiliza',
    muteListening: 'Kimya',
    record: 'Rekodi',
    details: (name: string) => `${name}: viwango na mengine`,
  },

  master: {
    title: 'Sauti kuu',
    onAir: 'Hewani',
    offAir: 'Si hewani',
    holdToGo: 'Bonyeza na ushikilie ili kwenda hewani',
    holdToLeave: 'Bonyeza na ushikilie ili kutoka',
    level: 'Kiwango cha kipindi',
    mute: 'Zima',
    muteInFull: 'Zima kipindi na sauti inayorudi studio',
    record: 'Rekodi',
    recordInFull: 'Rekodi kipindi',
    program: 'Kipindi',
    programInFull: 'Sauti ya kipindi',
    air: 'Hewani',
    airInFull: 'Sauti ya hewani',
    host: 'Studio',
    hostLevel: 'Kiwango cha studio kwenye mazungumzo',
    hostMeter: 'Sauti ya studio',
    hostMute: 'Zima studio',
    hostAway: 'haijaunganishwa',
  },

  dial: {
    title: 'Piga',
    number: 'Namba ya kupiga',
    numberHint: 'Namba au anwani ya SIP',
    lands: 'Anayepigiwa aende wapi',
    onChannel: 'Kwenye chaneli gani',
    anyChannel: 'Chaneli yoyote iliyo wazi',
    call: 'Piga simu',
    erase: 'Futa tarakimu ya mwisho',
    landsIn: {
      on_hold: 'Asubiri',
      me: 'Kwangu',
      master: 'Hewani',
      ivr: 'IVR',
    },
    digit: (digit: string) => `Tarakimu ${digit}`,
  },

  calls: {
    title: 'Simu',
    search: 'Jina au namba',
    none: 'Bado hakuna simu. Zitaorodheshwa hapa zikiingia.',
    loading: 'Inasoma orodha…',
    more: 'Simu za zamani',
    callBack: (who: string) => `Mpigie tena ${who}`,
    play: 'Cheza rekodi',
    program: 'Rekodi ya kipindi',
    incoming: 'Iliyoingia',
    outgoing: 'Iliyopigwa',
    onAirFor: (duration: string) => `${duration} hewani`,
    underWay: 'inaendelea',
  },

  keys: {
    title: 'Vitufe vya kibodi',
    lead: 'Chagua chaneli kwa namba yake, kisha bonyeza herufi.',
    strip: 'Chagua chaneli',
    unchoose: 'Acha chaneli',
    air: 'Peleka hewani',
    both: 'Wote hewani',
    hold: 'Subirisha',
    screen: 'Chuja, kwa vipokea sauti vyangu',
    ivr: 'Mashine ya sauti',
    drop: 'Kata, kataa, ghairi',
    mute: 'Zima sauti',
    record: 'Rekodi',
    next: 'Aliyesubiri zaidi aende hewani',
    map: 'Orodha hii',
    fader: 'Sogeza kiwango',
    unity: 'Kiwango cha kawaida',
  },

  announce: {
    mode: (strip: string, mode: string, who: string) =>
      who === '' ? `${strip}: ${mode}` : `${strip}: ${mode}, ${who}`,
    onAir: 'Kipindi kiko hewani',
    offAir: 'Kipindi hakiko hewani',
  },
};
