/**
 * A process that records its program to `killed.wav` in the folder it is given, until somebody kills it. For the test
 * that a recording outlives its process.
 */
import { createMediaPlane } from '../worker-media-plane.ts';
import { allocatePeerPackets } from '../../webrtc/peer-packets.ts';

const plane = createMediaPlane({
  host: '127.0.0.1',
  rtpPorts: { from: 0, to: 0 },
  maxPorts: 4,
  audioFolder: process.argv[2] ?? '',
  promptsFolder: process.argv[2] ?? '',
  peerPackets: allocatePeerPackets(),
  studioPackets: allocatePeerPackets(),
  onEvent: () => undefined,
});
await plane.start();
await plane.record('killed', { kind: 'program' });
console.log('recording');
