// What the handling of texts needs of the settings.
export interface TextsConfig {
  /** Only those that carry texts; the first is the default. */
  lines: readonly TextLine[];
  /** Names of the accounts of phones and gateways: they are reached by name. */
  accounts: readonly string[];
  /** So often a text is tried at most. */
  retryLimit: number;
  /** Longer texts are refused. */
  maxParts: number;
  tagRules: readonly TagRule[];
}

interface TextLine {
  id: string;
  /** Its channels; what came in on it is shown with the first. */
  channelIds: readonly string[];
  /** Regular expressions of the numbers that are reached over it. */
  patterns: readonly string[];
}

/** A text that begins with the word gets the tag. */
interface TagRule {
  word: string;
  tag: string;
}
