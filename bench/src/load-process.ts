/**
 * The callers that make the load, in a process of their own so that their work is not counted as anybody else's. Forked by
 * load.ts; every caller says a quiet tone of its own and forgets what it hears.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { batchedLines, createPhone, type PhoneCall, tone } from '@openline/callers';
import type { LoadAnswer, LoadRequest } from './load.ts';

/** New calls a second: as fast as a gateway would. */
const CALLS_PER_SECOND = 40;
const QUIET_DB = -60;

const host = '127.0.0.1';
const batched = process.argv[2] === 'batched' ? batchedLines(host) : null;
const phone = await createPhone({ host, ...(batched && { openLine: batched.openLine }) });
const calls: PhoneCall[] = [];

function answer(message: LoadAnswer): void {
  process.send?.(message);
}

async function callAll(target: string, count: number, codec: string): Promise<void> {
  const started: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const call = await phone.call(target, {
      codec,
      source: tone(300 + ((i * 37) % 3000), QUIET_DB),
      keepMs: 0,
    });
    calls.push(call);
    started.push(call.whenAnswered());
    await pause(1000 / CALLS_PER_SECOND);
  }
  await Promise.all(started);
}

process.on('message', (request: LoadRequest) => {
  if (request.type === 'call') {
    callAll(request.target, request.count, request.codec).then(
      () => answer({ type: 'called' }),
      (error: unknown) => answer({ type: 'failed', msg: String(error) }),
    );
    return;
  }
  const sent = calls.reduce((sum, call) => sum + call.rtp.sentPackets, 0);
  const received = calls.reduce((sum, call) => sum + call.rtp.receivedPackets, 0);
  const lost = calls.reduce((sum, call) => sum + call.rtp.lostPackets, 0);
  answer({ type: 'counts', sent, received, lost });
});
process.on('disconnect', () => process.exit(0));
answer({ type: 'ready', packetIo: batched?.kind ?? 'dgram' });
