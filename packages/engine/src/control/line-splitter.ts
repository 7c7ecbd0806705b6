/**
 * Cuts a byte stream into lines, for both ends of the control socket. A line over the limit is reported once and
 * skipped up to its end, so that the sender's next line is read again. Main thread.
 */
export interface LineSplitterOptions {
  maxBytes: number;
  onLine(line: string): void;
  onTooLong(): void;
}

const NEWLINE = 0x0a;

export class LineSplitter {
  readonly #options: LineSplitterOptions;
  #pieces: Buffer[] = [];
  #length = 0;
  #isSkipping = false;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end === -1) {
        this.#keep(chunk.subarray(from));
        return;
      }
      this.#keep(chunk.subarray(from, end));
      this.#finish();
      from = end + 1;
    }
  }

  #keep(piece: Buffer): void {
    if (this.#isSkipping) return;
    if (this.#length + piece.length > this.#options.maxBytes) {
      this.#isSkipping = true;
      this.#pieces = [];
      this.#length = 0;
      this.#options.onTooLong();
      return;
    }
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #finish(): void {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    const line = Buffer.concat(this.#pieces, this.#length).toString('utf8');
    this.#pieces = [];
    this.#length = 0;
    if (line.trim() !== '') this.#options.onLine(line);
  }
}
