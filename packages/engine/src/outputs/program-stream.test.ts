import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { PacketListener } from './opus-feed.ts';
import { ProgramStream } from './program-stream.ts';

/** A listener whose connection takes nothing once it is `isStuck`. */
function connection() {
  const state = { isStuck: false, writableLength: 0, isDestroyed: false, pages: 0, onClose: () => {} };
  const response = {
    get writableLength() {
      return state.writableLength;
    },
    writeHead: () => response,
    write: (bytes: Buffer) => {
      state.pages++;
      if (state.isStuck) state.writableLength += bytes.length;
    },
    on: (_event: string, listener: () => void) => (state.onClose = listener),
    destroy: () => {
      state.isDestroyed = true;
      state.onClose();
    },
    end: () => {},
  };
  return { state, response: response as unknown as ServerResponse };
}

describe('listeners of the program', () => {
  it('are cut off when they do not keep up, and nobody else is', () => {
    const packets: PacketListener[] = [];
    const feed = { listen: (listener: PacketListener) => (packets.push(listener), () => {}) };
    const stream = new ProgramStream(
      { ref: 'p', type: 'stream', isDelayed: true, name: '', bitrateKbps: 96, maxListeners: 9 },
      feed,
      () => {},
    );
    const [slow, quick] = [connection(), connection()];
    stream.listen(slow.response);
    stream.listen(quick.response);
    slow.state.isStuck = true;
    const seconds = (count: number): void => {
      for (let packet = 0; packet < count * 50; packet++) packets[0]?.(new Uint8Array(240));
    };
    seconds(4);
    expect(slow.state.isDestroyed).toBe(false);
    seconds(4);
    expect(slow.state.isDestroyed).toBe(true);
    expect(quick.state).toMatchObject({ isDestroyed: false, pages: 1 + 80 });
    expect(stream.listenerCount).toBe(1);
  });
});
