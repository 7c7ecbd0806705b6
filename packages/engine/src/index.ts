/**
 * What other packages may use of the engine: the control contract, its client and where its socket is, for the server;
 * the SIP agent, SDP, codecs, RTP packets and measurements, for simulated telephones; the parts whose cost bench/
 * measures alone.
 */
export { BroadcastDelay } from './audio/broadcast-delay.ts';
export { Leveller } from './audio/leveller.ts';
export { MeterBlock } from './audio/meter-block.ts';
export { Mixer } from './audio/mixer.ts';
export { LONGEST_PROMPT_S, toPromptFile, type PromptRefusal } from './audio/prompts.ts';
export * from './audio/tone-analysis.ts';
export { buildWavHeader, parseWav, patchWavSizes } from './audio/wav-file.ts';
export type { Codec, Decoder, Encoder } from './codecs/codec.ts';
export { distortionDb } from './codecs/distortion.ts';
export { codecs, findCodec } from './codecs/registry.ts';
export { lossyDb } from './codecs/opus/loss-measure.ts';
export { opusOf } from './codecs/opus/opus.ts';
export { opusscript } from './codecs/opus/opusscript.ts';
export { loadLibopus } from './native/libopus.ts';
export * from './control/contract.ts';
export { connectControl } from './control/control-client.ts';
export type {
  AnyControlEvent,
  ControlClient,
  ControlClientOptions,
  ControlResult,
} from './control/control-client.ts';
export { controlSocketPath, programSocketPath } from './control/socket-path.ts';
export { RecorderTap } from './audio/recorder-tap.ts';
export { Resampler } from './audio/resampler.ts';
export { SharedRing } from './audio/shared-ring.ts';
export { ProgramTap } from './outputs/program-tap.ts';
export { Pipeline } from './call/pipeline.ts';
export { QualityBlock } from './call/quality-block.ts';
export { JitterBuffer } from './rtp/jitter-buffer.ts';
export { makeCertificate } from './identity/self-made-certificate.ts';
export { openSocketIo } from './rtp/open-socket-io.ts';
export { createRtpView, parseRtp, type RtpView, sequenceDistance, writeRtpHeader } from './rtp/packet.ts';
export { RtpReceiver } from './rtp/receiver.ts';
export type { PacketIoKind } from './rtp/socket-io.ts';
export { SRTP_TRAILER_BYTES } from './rtp/srtp-session-keys.ts';
export { SrtpReceiver, SrtpSender } from './rtp/srtp.ts';
export { Negotiation } from './sdp/negotiation.ts';
export type {
  IncomingSession,
  OutgoingInvite,
  Session,
  SessionDelegate,
  SessionEnd,
  SipAgent,
  SipAgentDelegate,
  SipAgentOptions,
} from './sip/agent.ts';
export { createSystemClock } from './sip/clock.ts';
export { createSipAgent } from './sip/create-agent.ts';
export { createTcpTransport } from './sip/transport/tcp-transport.ts';
export { createUdpTransport } from './sip/transport/udp-transport.ts';
export { parseMessage as parseSipMessage } from './sip/message/parser.ts';
export type { MediaPlace, StreamParameters } from './call/media-plane.ts';
export { TORTURE_MESSAGES } from './sip/torture/messages.ts';
