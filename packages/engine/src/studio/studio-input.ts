/** The port of what feeds the studio: one file a kind, made in start-input.ts, all in the studio thread. */
export interface StudioInput {
  close(): void;
}
