/**
 * What stands between a leg and its packets: nothing, or SRTP with the keys agreed upon last. Keys that change while packets
 * are on their way are both good until the new ones are heard. Made by call/leg-stream.ts, on the media thread.
 */
import { type SrtpKeys, SrtpReceiver, SrtpSender } from './srtp.ts';

export class LegSecurity {
  #keys: SrtpKeys | null = null;
  #sender: SrtpSender | null = null;
  #receiver: SrtpReceiver | null = null;
  /** Of the keys before. */
  #former: SrtpReceiver | null = null;

  /** After every offer and answer. The same keys count on where they are. */
  apply(keys: SrtpKeys | null): void {
    const before = this.#keys;
    this.#keys = keys;
    const isSameSuite = before?.suite === keys?.suite;
    if (!isSameSuite || before?.keyOut !== keys?.keyOut) {
      this.#sender = keys === null ? null : new SrtpSender(keys.suite, keys.keyOut);
    }
    if (!isSameSuite || before?.keyIn !== keys?.keyIn) {
      this.#former = keys === null ? null : this.#receiver;
      this.#receiver = keys === null ? null : new SrtpReceiver(keys.suite, keys.keyIn);
    }
  }

  /** New length; behind it SRTP_TRAILER_BYTES have to be free. */
  protect(bytes: Uint8Array, length: number): number {
    return this.#sender === null ? length : this.#sender.protect(bytes, length);
  }

  protectRtcp(bytes: Uint8Array, length: number): number {
    return this.#sender === null ? length : this.#sender.protectRtcp(bytes, length);
  }

  /** Length of the plain packet, -1: it is not the far end's. */
  unprotect(bytes: Uint8Array, length: number): number {
    if (this.#receiver === null) return length;
    const plain = this.#receiver.unprotect(bytes, length);
    if (plain < 0) return this.#former === null ? -1 : this.#former.unprotect(bytes, length);
    this.#former = null;
    return plain;
  }

  unprotectRtcp(bytes: Uint8Array, length: number): number {
    if (this.#receiver === null) return length;
    const plain = this.#receiver.unprotectRtcp(bytes, length);
    return plain < 0 && this.#former !== null ? this.#former.unprotectRtcp(bytes, length) : plain;
  }
}
