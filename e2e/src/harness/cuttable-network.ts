/**
 * The network between one browser and the station, which a test can cut: what is on the way is swallowed, as behind a
 * switch that lost its power, and nobody is told.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';
import type { Product } from './product.ts';

export interface CuttableNetwork {
  /** Where the station is, seen through this network. */
  readonly url: string;
  cut(): void;
  /** How many tries to connect it has swallowed so far: they hear nothing, also when it is mended. */
  swallowedTries(): number;
  mend(): void;
  close(): Promise<void>;
}

export async function cuttableNetwork(product: Product): Promise<CuttableNetwork> {
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Those who called while it was cut: nobody answers them any more, as the network forgot them. */
  const swallowed = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) {
      near.on('error', () => undefined);
      near.pause();
      return void swallowed.add(near);
    }
    const far = connect(product.httpPort, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      // Whoever is cut off does not hear that the other end is gone.
      if (isCut) return;
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => isCut || to.write(bytes));
      from.on('close', end);
      from.on('error', end);
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const destroyAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => void (isCut = true),
    swallowedTries: () => swallowed.size,
    mend() {
      isCut = false;
      destroyAll();
    },
    async close() {
      destroyAll();
      for (const socket of swallowed) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
