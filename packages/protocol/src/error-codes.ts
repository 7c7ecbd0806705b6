// Every reason a client can be given for a refusal: its code, once, and the sentence a producer reads.
// Used by the server for `event_error`, `client:error` and failed acks; docs/generated/errors.md comes from here.

/** Words in braces are filled in by `errorMessage`. */
export const errorSentences = {
  // The frame itself (client:error).
  not_json: 'The message could not be read: it is not JSON.',
  no_event: 'The message names no event.',
  too_large: 'The message is too large.',
  unknown_event: 'This server does not know the event "{event}".',
  too_many_events: 'Too many messages at once; wait a moment.',

  // The data of an event.
  bad_data: 'That value cannot be used here: {reason}.',
  bad_number: '"{number}" is not a telephone number or SIP address.',
  bad_mode: 'A call cannot be put into "{mode}".',
  unknown_channel: 'There is no channel "{channel}".',
  unknown_user: 'There is no user "{user}".',
  unknown_call: 'There is no call "{call}".',
  unknown_message: 'There is no message "{message}".',
  unknown_question: 'There is no question "{question}".',
  unknown_bucket: 'There is no bucket "{bucket}".',
  unknown_prompt: 'There is no prompt "{prompt}".',
  unknown_player: 'Nothing is played there any more.',
  unknown_contact: 'There is nobody with the number "{contact}" in the address book.',

  // What the desk's state does not allow.
  forbidden: 'Your role does not allow this.',
  forbidden_on_air: 'What is on air is for a producer.',
  channel_free: '{channel} has no call.',
  channel_defunct: '{channel} cannot be used: its line is down.',
  channel_not_free: '{channel} has a call already.',
  channel_not_answered: 'The call on {channel} has not been answered yet; it can only be cancelled.',
  channel_busy_changing: '{channel} is just being moved by somebody; try again in a moment.',
  channel_on_air: '{channel} is on air; it does not wait any more.',
  channel_not_on_air: '{channel} is not on air; only who is on air can be locked.',
  channel_locked: '{channel} is locked on air; unlock it first.',
  queue_moved: 'The queue has changed, and somebody else is next; look again.',
  muted_in_ivr: 'A caller who is being recorded cannot be muted.',
  own_channel: "{channel} is a user's own channel; that cannot be done there.",
  user_on_air: '{user} is on air; use whisper to speak to a caller.',
  user_busy: '{user} is just being connected with somebody else.',
  user_unreachable: '{user} has no phone or headset connected.',
  user_not_connected: "{user}'s phone is not connected; nothing to take to air.",
  too_many_players: 'As many sounds are played as can be at the same time; stop one of them first.',
  unplayable: 'That cannot be played: {reason}.',
  unknown_headset: 'This headset is not connected any more.',
  host_elsewhere: 'The studio desk is not heard from a browser: the settings say where it comes from.',
  host_taken: '{user} is connected as the studio desk.',
  number_not_allowed: 'Dialling {number} is not allowed by the settings of this station.',
  too_many_calls_out: 'This station calls {limit} numbers at a time, and as many calls are up.',
  dial_limit: 'The minutes for outgoing calls are used up for today; the settings say how many.',
  no_free_channel: 'All channels of the line are in use.',
  no_line: 'There is no line that can dial {number}.',
  no_way_out: '{channel} can dial SIP addresses only; its line has no way out for numbers.',
  not_available: 'This version cannot do that yet.',
  nothing_delayed: 'Nothing is held back by the delay; there is nothing to take out.',
  whisper_off_air: '{user} and {channel} must both be on air for a whisper.',
  call_is_up: 'The call is still going on; it can be deleted when it has ended.',
  bucket_is_current: 'What comes in is filed in "{bucket}"; choose another bucket first.',
  bucket_archived: '"{bucket}" has been put away; bring it back first.',
  too_many_tags: 'There can be no more than {limit} tags on one entry.',
  text_too_long: 'The text is too long: it would take {parts} messages, and {limit} are allowed.',
  no_text_line: 'There is no line that can send a text to {number}.',
  line_without_texts: '{line} cannot send texts.',
  text_is_going_out: 'This text is just being sent; it can be deleted when that is done.',

  // What went wrong on the way.
  exchange_down: 'The telephone engine is not running; it is being restarted.',
  exchange_failed: 'The telephone engine could not do it: {reason}.',
  call_gone: 'The caller has just hung up.',
  user_did_not_answer: '{user} did not pick up.',
  text_failed: 'The text could not be sent: {reason}.',
  storage_failed: 'It could not be stored, and nothing was changed: {reason}.',
  server_error: 'Something went wrong in the server; it is in its log.',
} as const;

export type ErrorCode = keyof typeof errorSentences;

export type ErrorDetails = Readonly<Record<string, string>>;

/** The sentence of a code, its braces filled in. */
export function errorMessage(code: ErrorCode, details: ErrorDetails = {}): string {
  return errorSentences[code].replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '?');
}
