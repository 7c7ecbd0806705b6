/** Simulated telephones: real SIP and RTP, synthetic voices. For the demo, the end-to-end tests and the benchmark. */
export { Browser } from './browser.ts';
export { Hearing, type Heard } from './hearing.ts';
export { type CallOptions, createPhone, Phone, type PhoneOptions, type Registration } from './phone.ts';
export { PhoneCall, type PhoneCallState } from './phone-call.ts';
export { type Impairment, RtpEnd, type RtpEndOptions, type RtpStream } from './rtp-end.ts';
export { batchedLines } from './rtp-line.ts';
export { type Source, silence, speech, tone, wavFile } from './sources.ts';
export { randomFrom, type Voice } from './speech.ts';
export { readTracks, type Tracks } from './wav-source.ts';
