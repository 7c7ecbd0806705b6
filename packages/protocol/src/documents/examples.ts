// One example of every client event, as a client writes its data: in the published documents, and where a test needs
// data that is sure to be in the right form.
import type { ClientEvent, ClientEventData } from '../client-events.ts';

export const examples: { readonly [E in ClientEvent]: ClientEventData<E> } = {
  ping: 1700000000000,
  noop: null,
  subscribe: { meters: true },

  channelProperty: { 'studio-1': { name: 'mode', value: 'on_hold' } },
  channelMuted: { 'studio-1': true },
  channelMode: { 'studio-1': 'master', 'studio-2': 'free' },
  channelAutoAnswer: { 'studio-3': 'ivr', 'studio-4': null },
  channelRecording: { 'studio-1': true },
  channelVolume: { 'studio-1': 80 },
  channelLeveller: { 'studio-1': { on: true, duck: true }, 'studio-2': null },
  channelContactInfo: { 'studio-1': { name: 'Awa', location: 'Serekunda', topic: 'water' } },
  channelCallNumber: { 'studio-2': { number: '+2207000002', mode: 'on_hold' } },
  channelLock: { 'studio-1': true },

  'queue:screening': { 'studio-1': 'ready', 'studio-2': 'next' },
  'queue:priority': { 'studio-1': 1 },
  'queue:order': ['studio-2', 'studio-1'],
  'queue:next': { channel_id: 'studio-2' },
  'queue:onNext': 'hold',
  linesBusy: true,

  masterProperty: { name: 'on_air', value: true },
  masterMuted: false,
  masterVolume: 75,
  masterRecording: true,
  masterOnAir: true,
  masterDelay: 7.5,
  masterDump: null,

  userVolume: { anna: 60 },
  userProperty: { anna: { name: 'muted', value: false } },
  userMuted: { anna: true },
  userRecording: { anna: true },
  userWhisper: { anna: 'studio-1' },

  hostVolume: 75,
  hostMuted: false,

  callNumber: { number: '+2207000002', mode: 'anna', channel_id: null },

  'headset:servers': null,
  'headset:connect': { sdp: 'v=0\r\n…', as: 'user' },
  'headset:candidate': {
    headset: 'h1',
    candidate: 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host',
    mid: '0',
  },
  'headset:reconnect': { headset: 'h1', sdp: 'v=0\r\n…' },
  'headset:disconnect': { headset: 'h1' },

  'media:play': { audio_url: '/audio/q1.wav', to: 'air', title: 'Question of Awa', level: 75, from_ms: 0 },
  'media:stop': ['p1'],
  'media:volume': { p1: 60 },

  addrBookSuggestions: 'awa',
  currentBucketUpdate: 'b1',

  'messages:send': {
    t1: { type: 'sms_out', endpoint: '+2207000002', content: 'Thank you!', channel_id: null, reply_to: null },
  },
  'messages:delete': { m1: null },
  'messages:favorite': ['m1', 'm2'],
  'messages:unfavorite': ['m1'],
  'messages:addTags': { message_ids: ['m1', 'm2'], tags: ['SONG'] },
  'messages:removeTags': { message_ids: ['m1'], tags: ['song'] },
  'message:removeTags': { message_ids: ['m1'], tags: ['song'] },
  'messages:fetch': { tags: ['SONG'], from: 1700000000000, to: null, bucket_ids: ['b1'], limit: 100 },

  'questions:delete': { q1: null },
  'questions:favorite': ['q1'],
  'questions:unfavorite': ['q1'],
  'questions:addTags': { ids: ['q1'], tags: ['health'] },
  'questions:removeTags': { ids: ['q1'], tags: ['health'] },
  'questions:fetch': { tags: [], from: null, to: null, ids: [] },

  'calls:delete': { c1: null },
  'calls:favorite': ['c1'],
  'calls:unfavorite': ['c1'],
  'calls:addTags': { ids: ['c1'], tags: ['call back'] },
  'calls:removeTags': { ids: ['c1'], tags: ['call back'] },
  'calls:fetch': { search: 'awa', limit: 20 },

  'buckets:create': { t1: { name: 'Election night' } },
  'buckets:rename': { b1: 'Morning show' },
  'buckets:archive': { b2: true },
  'buckets:greeting': { b1: 'welcome', b2: null },
  'buckets:fetch': null,

  'contacts:save': { '+2207000002': { name: 'Awa', tags: ['regular'], blocked: false } },
  'contacts:delete': { '+2207000002': null },
  'contacts:fetch': { search: 'awa' },
  'contacts:export': ['+2207000002'],
  'contacts:erase': { '+2207000002': null },
};
