/** Stands in for the WebRTC thread in unit tests of call/: notes what was asked, answers with an end of its own. */
import type { PeerTransport } from '../../webrtc/browser-description.ts';
import type { BrowserPeers, ConnectResult, PeerDelegate } from '../../webrtc/browser-peers.ts';

export class FakeBrowserPeers implements BrowserPeers {
  readonly publicAddress = null;
  readonly delegates = new Map<number, PeerDelegate>();
  readonly connected: { peer: number; port: number; mid: string; remote: PeerTransport | null }[] = [];
  readonly accepted: { peer: number; remote: PeerTransport }[] = [];
  readonly candidates: { peer: number; candidate: string }[] = [];
  /** In place of the next answers. */
  refusal: Extract<ConnectResult, { ok: false }> | null = null;
  #next = 0;

  configure(): void {}

  add(delegate: PeerDelegate): number {
    this.delegates.set(this.#next, delegate);
    return this.#next++;
  }

  connect(peer: number, port: number, mid: string, remote: PeerTransport | null): Promise<ConnectResult> {
    if (this.refusal !== null) return Promise.resolve(this.refusal);
    this.connected.push({ peer, port, mid, remote });
    const generation = String(this.connected.length);
    return Promise.resolve({
      ok: true,
      isComplete: true,
      local: {
        ufrag: `ours${generation}`,
        password: 'x'.repeat(22),
        fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
        setup: remote === null ? 'actpass' : 'active',
        candidates: ['candidate:1 1 UDP 2114977791 127.0.0.1 20096 typ host'],
      },
    });
  }

  accept(peer: number, remote: PeerTransport): Promise<boolean> {
    if (this.refusal !== null) return Promise.resolve(false);
    this.accepted.push({ peer, remote });
    return Promise.resolve(true);
  }

  addCandidate(peer: number, candidate: string): void {
    this.candidates.push({ peer, candidate });
  }

  close(peer: number): Promise<void> {
    this.delegates.delete(peer);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
