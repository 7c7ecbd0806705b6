/**
 * Reads a settings document: schema, then what only the whole can tell (names used twice, a phone without its user).
 * Used for the stored document, the settings file, the console's PUT and the command line alike.
 */
import { DEFAULT_LINES, settingsSchema, type Settings } from './schema.ts';
import { PROGRAM_STREAM, outputId } from './outputs.ts';
import { problemLines } from './problems.ts';
import { canDialNumbers } from './way-out.ts';

export type SettingsResult = { ok: true; settings: Settings } | { ok: false; problems: string[] };

/** Most channels that one desk carries. */
const MAX_CHANNELS = 64;

/** Words of the mode table: a user or line called so could not be told from a mode. */
const RESERVED = new Set(['defunct', 'free', 'dial', 'ring', 'ivr', 'on_hold', 'master', 'host']);

export function readSettings(document: unknown): SettingsResult {
  const parsed = settingsSchema.safeParse(document);
  if (!parsed.success) return { ok: false, problems: problemLines(parsed.error, document) };
  const settings = parsed.data;
  if (settings.lines.length === 0) {
    const withLine = settingsSchema.parse({ ...settings, lines: DEFAULT_LINES });
    settings.lines = withLine.lines;
  }
  const problems = contradictions(settings);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings };
}

/** The ids of a line's channels, in the order of the strips. */
export function channelIds(line: { id: string; capacity: number }): string[] {
  return Array.from({ length: line.capacity }, (_, index) => `${line.id}-${index + 1}`);
}

function contradictions(settings: Settings): string[] {
  const { users, lines, phones, host } = settings;
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const unique = (kind: string, at: string, name: string): void => {
    const key = `${kind} ${name}`;
    const first = seen.get(key);
    if (first) problems.push(`${at} is "${name}": allowed is a name that ${first} does not have already`);
    else seen.set(key, at);
  };

  users.forEach((user, index) => {
    unique('user', `users[${index}].id`, user.id);
    if (RESERVED.has(user.id)) problems.push(reserved(`users[${index}].id`, user.id));
  });
  lines.forEach((line, index) => {
    unique('line', `lines[${index}].id`, line.id);
    if (RESERVED.has(line.id)) problems.push(reserved(`lines[${index}].id`, line.id));
    line.accounts.forEach((account, at) =>
      unique('account', `lines[${index}].accounts[${at}].username`, account.username),
    );
  });
  phones.forEach((phone, index) => {
    unique('account', `phones[${index}].username`, phone.username);
    unique('phone', `phones[${index}].user`, phone.user);
    if (!users.some((user) => user.id === phone.user)) {
      problems.push(`phones[${index}].user is "${phone.user}": allowed is the id of a user`);
    }
  });
  if (host?.type === 'phone') unique('account', 'host.username', host.username);
  settings.sms.gateways.forEach((gateway, index) => {
    unique('gateway', `sms.gateways[${index}].id`, gateway.id);
    unique('gateway of the line', `sms.gateways[${index}].line`, gateway.line);
    if (!lines.some(({ id, sms }) => sms && id === gateway.line)) {
      problems.push(`sms.gateways[${index}].line is "${gateway.line}": allowed is a line with sms`);
    }
  });

  settings.outputs.forEach((output, index) => {
    const id = outputId(output, index);
    unique('output', `outputs[${index}].id`, id);
    if (id === PROGRAM_STREAM) problems.push(`outputs[${index}].id is "${id}": allowed is another name`);
    if (output.type !== 'sip') return;
    const isNumber = !/^sips?:/i.test(output.address);
    const line = lines.find((each) => each.id === output.line);
    if (output.line !== null && !line) {
      problems.push(`outputs[${index}].line is "${output.line}": allowed is the id of a line`);
    } else if (isNumber && !(line && canDialNumbers(line))) {
      problems.push(`outputs[${index}].line is not right: a number needs a line that can dial it`);
    }
  });

  const channels = lines.flatMap((line) => channelIds(line));
  if (channels.length > MAX_CHANNELS) {
    problems.push(`lines have ${channels.length} channels together: allowed are at most ${MAX_CHANNELS}`);
  }
  users.forEach((user, index) => {
    if (channels.includes(user.id)) {
      problems.push(`users[${index}].id is "${user.id}": allowed is a name that no channel has`);
    }
  });
  return problems;
}

function reserved(at: string, name: string): string {
  return `${at} is "${name}": allowed is a name that is not a mode (${[...RESERVED].join(', ')})`;
}
