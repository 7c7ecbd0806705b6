// How to speak the protocol, in words: what no schema says. In every published document, ours to read and the AsyncAPI
// one; written for somebody who has nothing else. Backticks are code; nothing else is marked up.

import { firstClient } from './first-client.ts';

export interface GuideSection {
  title: string;
  paragraphs: readonly string[];
  /** Below them. */
  code?: string;
}

export const guide: readonly GuideSection[] = [
  {
    title: 'A first client',
    paragraphs: [
      'Plain JavaScript for Node 22 and later: it signs in, mirrors the channels, and puts every caller on hold who rings. ' +
        '`node first-client.mjs http://HOST:PORT Anna PASSWORD`. For JavaScript and TypeScript the package ' +
        '`packages/client` of this project does all of that, reconnecting included.',
    ],
    code: firstClient,
  },
  {
    title: 'Signing in',
    paragraphs: [
      '`POST /api/session` with the JSON body `{"name": "Anna", "password": "…"}` answers `200 {"token": "…", "user": ' +
        '{"id", "name", "role"}}`, and sets a cookie for browsers. A program then opens the WebSocket ' +
        '`ws://HOST:PORT/ws?token=TOKEN` (`wss` where the station has TLS); a page of the same server opens `/ws` and ' +
        'its cookie is enough. Without either the upgrade is refused with 401. `DELETE /api/session` ends the session. ' +
        '`PUT /api/me/password {"password", "new_password"}` changes one’s own password and ends one’s other sessions.',
      'A session lasts seven days. A connection that the server closes with the code 4401 has lost its session, or its ' +
        'user has another role or name now: sign in again. After any other close, come back after a pause that grows.',
      'A refusal over HTTP is `{"error": {"code", "msg", "problems"?}}`. Ten wrong passwords in a minute from one ' +
        'address: `429` with `Retry-After`.',
    ],
  },
  {
    title: 'Frames',
    paragraphs: [
      'One JSON text frame per event, both ways: `{"event": string, "data": any, "id"?: string}`.',
      'With an `id` (of your choice, at most 100 characters) the sender, and only it, gets exactly one `ack` with the ' +
        'same `id`: `{"event": "ack", "id": "7", "data": {"ok": true}}`, or `{"ok": false, "error": {"code", "key"?, ' +
        '"msg"}}`. An answer that goes to the sender alone, such as `calls:list`, comes before the ack and carries ' +
        'the `id` too.',
      'A refused event also gives the sender `event_error {event, key?, code, msg}`, with the same `id`, one for each ' +
        'refused key; the other keys still apply. `msg` is a sentence to show, `code` is for programs. An event may also fail after it ' +
        'was accepted (a phone that is not picked up): then `event_error` comes after the ack, with the same `id` again. A frame that is ' +
        'not JSON, names no event or an unknown one, or is too large, gives `client:error`; the connection stays open.',
      'An event that stores something is acknowledged when it is on disk.',
      'Limits: a frame has at most 65536 characters, an event at most 500 keys or ids. A client may send 100 frames a ' +
        'second, 300 at once; what is beyond is dropped, and `client:error` with the code `too_many_events` says so once a ' +
        'second. The server pings the WebSocket every 15 s and ends a connection that does not answer, or that does not ' +
        'read for so long that 2 MiB wait for it. Nothing is sent again later: `initialize` makes up for it.',
    ],
  },
  {
    title: 'State',
    paragraphs: [
      'The first frame is `initialize`: the whole state. Every later event is a delta to it, and goes to every client, ' +
        'the sender included. An update carries the properties that changed, or for what is stored the whole entry; ' +
        '`null` is for one that is gone. Faders and the cards of callers (`…VolumeChange`, `channelContactInfo`) go to ' +
        'the others only, so that a fader under a finger is not fought: when yours is acknowledged, apply it yourself. ' +
        'After a reconnect `initialize` comes again. Properties and events that you do not know: ignore them.',
      'A keyed event carries a map, and each key is applied on its own. Every set is idempotent: a value that holds ' +
        'already is `ok`, changes nothing and is not told to anybody.',
    ],
  },
  {
    title: 'Channels and modes',
    paragraphs: [
      'A channel of a line (`mixer.channels`) is `defunct` (its line is down), `free`, `dial` (outgoing, not ringing ' +
        'yet), `ring` (`direction` says which way), `ivr`, `on_hold`, `master` (on air), or a user id: private with ' +
        'that user. The user’s own channel has the user’s id as its channel id and `direction` `operator`; its modes ' +
        'are `defunct`, `free`, `ring`, `master`, or the id of the channel it is private with.',
      '`channelMode {"studio-1": "master"}` answers a call that rings in, or moves one that is answered; `free` ' +
        'rejects, cancels or hangs up. What was asked is at once in `pending`; `mode` follows when the sound is there. ' +
        'Of two clients who move the same call, one is refused.',
      'Every answered call can be moved to `ivr`, `on_hold`, `master` or a user; an outgoing one that is not answered yet ' +
        'can only be cancelled; to the mode that it is in already is `ok`. To a user who is private with another caller: ' +
        'that one goes on hold in the same step. To a user on air: refused (`user_on_air`), whisper instead. A user’s own ' +
        'channel that is asked for `master` in a private talk takes both to air; asked for `free` it ends the talk (the ' +
        'caller goes on hold) or takes the user off air. The phone of a user who is `free` is rung first where it is not connected already.',
      'When a caller has hung up, the channel is `free` and its `contact` stays until the next call, so that the card can ' +
        'be finished. The card has `number`, `name`, `location`, `notes`, `point`, and any property of your own; ' +
        '`channelContactInfo` writes all but the number, and `null` empties one.',
      '`level` is 1 to 100, and 75 is unity. Times are epoch milliseconds. `number` is E.164 or national digits, or a ' +
        'SIP URI; a whole JSON number will do. Ids may be written as whole JSON numbers too.',
    ],
  },
  {
    title: 'Screening and the queue',
    paragraphs: [
      'A caller who waits has `screening`: `new`, `talking` (private with a user), `ready` or `next`. The server moves ' +
        'it with the call: `new` when it comes, `talking` in a private talk, `new` again when that ends without a ' +
        'word; what is set by hand (`queue:screening`) stays until the next talk. On air it is null.',
      '`queue.order` is who is `ready` or `next`. The one who is `next` is at its head, and there is one at most: the ' +
        'former is `ready` again. Behind it `priority` comes first, then who has waited longest; after `queue:order` ' +
        'the order is the given one, and who comes later stands behind the others of the same priority. It lasts until ' +
        'the queue is empty or `queue:order []` is sent.',
      '`queue:next {"channel_id"}` takes the head to air, as the client sees it: a client that names somebody else is ' +
        'refused with `queue_moved`, and who is on the way or on air already is `ok`, so that two who press at once take ' +
        'one caller. When the next one is on air, the callers who were there are kept, held or dropped by ' +
        '`queue.on_next`, without those that are locked (`channelLock`).',
      'The card of a caller (`contact`) has a `point`, what they want to say: it belongs to the call, and stays in its ' +
        'entry of the history; the rest of the card belongs to the person. `linesBusy` lets new callers hear busy: they ' +
        'are in the history as missed.',
    ],
  },
  {
    title: 'What is stored',
    paragraphs: [
      'Texts, questions, calls and people are asked for with the `:fetch` events, page by page, newest first; what ' +
        'changes later comes as `:update`. A filter that is absent, null or empty filters nothing. `tags`: all of ' +
        'them; `ids` and `bucket_ids`: any of them; `from` and `to` are both included; `search`: words in the content, ' +
        'the name, the number or the point of a call. `limit` is at most 500, 50 if it is not given; `cursor` is the one of the previous ' +
        'answer, which is null at the end.',
      'A text that goes out is `queued`, `sending`, `sent`, and `delivered` where the network says so; `failed` has its ' +
        '`error`. It is tried again by itself while that can help, also after a restart; what the network has taken is not sent again. The keys ' +
        'of `messages:send` and `buckets:create` (`temp_id`) are of your choice: the answer says by them which id each has.',
      'Being a favourite is the same as having the tag `favorite`. Tags keep their case and are matched without it. ' +
        'Audio is at `audio_url` on the same server, for who is signed in (`Authorization: Bearer TOKEN`, or the ' +
        'cookie), with ranges.',
    ],
  },
  {
    title: 'Over HTTP',
    paragraphs: [
      'What is no event, for who is signed in: `GET /api/me` says who that is. `GET /audio/ID.wav` is a recording, as ' +
        '`audio_url` names it. `GET /api/prompts` lists the prompts that callers in `ivr` hear, `GET /api/prompts/ID` is ' +
        'its sound, `PUT /api/prompts/ID` with a WAV file as the body (`content-type: audio/wav`) stores one, `DELETE` ' +
        'removes it; `buckets:greeting` chooses one. `GET /api/audit?limit=100&before=ID` is who did what, for ' +
        'producers. Without sign-in: `GET /health`.',
    ],
  },
];
