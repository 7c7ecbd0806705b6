/**
 * Browsers that hear the program by WebRTC: an offer in, the engine's answer out. They are the engine's alone; the desk sees
 * only how many there are. Part of embedded-exchange.ts.
 */
import type { ControlClient } from '@openline/engine';

export type ListenResult =
  | { ok: true; listener: string; answer: string }
  | { ok: false; code: 'engine_down' | 'bad_offer' | 'not_found' | 'too_many_listeners' };

export class ProgramListeners {
  readonly #client: () => ControlClient | null;

  constructor(client: () => ControlClient | null) {
    this.#client = client;
  }

  async connect(offer: string): Promise<ListenResult> {
    const client = this.#client();
    if (!client) return { ok: false, code: 'engine_down' };
    const result = await client.request('listener.connect', { offer });
    if (result.ok) return { ok: true, ...result.data };
    if (result.code === 'no_listeners') return { ok: false, code: 'not_found' };
    if (result.code === 'bad_request' || result.code === 'bad_offer') return { ok: false, code: 'bad_offer' };
    if (result.code === 'too_many_listeners') return { ok: false, code: 'too_many_listeners' };
    return { ok: false, code: 'engine_down' };
  }

  /** False: nobody listens by that name. */
  async close(listener: string): Promise<boolean> {
    const result = await this.#client()?.request('listener.close', { listener });
    return result?.ok === true;
  }
}
