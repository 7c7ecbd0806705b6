/** Headsets over the engine's control channel: what the desk asks of a browser's leg, and what the engine tells of one. */
import type { AnyControlEvent, ControlClient, ControlResult } from '@openline/engine';
import type { ExchangeCommand, ExchangeFact, ExchangeResult } from '../../desk/ports/exchange.ts';
import { refOf } from './engine-config.ts';
import { toResult } from './engine-facts.ts';

type HeadsetCommand = Extract<ExchangeCommand, { type: 'connect' | 'reoffer' | 'candidate' }>;
type HeadsetEvent = Extract<AnyControlEvent, { event: 'leg.candidate' | 'leg.ice' }>;

export async function performHeadset(
  client: ControlClient,
  command: HeadsetCommand,
): Promise<ExchangeResult> {
  switch (command.type) {
    case 'connect': {
      const { call: leg, owner, offer, place, levels, tag } = command;
      // An ivr is the only place that is called otherwise there, and no headset is put into one.
      if (place.kind === 'ivr') return { ok: false, code: 'failed', msg: 'a headset cannot be in ivr' };
      const ref = refOf(owner);
      return withAnswer(await client.request('leg.connect', { leg, offer, place, levels, tag, ref }));
    }
    case 'reoffer':
      return withAnswer(await client.request('leg.reoffer', { leg: command.call, offer: command.offer }));
    case 'candidate': {
      const { call: leg, candidate, mid } = command;
      return toResult(await client.request('leg.candidate', { leg, candidate, mid }));
    }
  }
}

function withAnswer(result: ControlResult<'leg.connect'>): ExchangeResult {
  return result.ok ? { ok: true, answer: result.data.answer } : toResult(result);
}

export function headsetFact({ event, data }: HeadsetEvent): ExchangeFact {
  if (event === 'leg.ice') return { type: 'ice', call: data.leg, isAway: data.state === 'away' };
  return { type: 'candidate', call: data.leg, candidate: data.candidate, mid: data.mid };
}
