/**
 * The demo's listeners as a process of their own: `main.ts demo [SIP URI]`. Environment: OPENLINE_CALL (SIP URI of the
 * studio), OPENLINE_SETTINGS (the station's settings: whose phones to play). Ends with SIGTERM or with its launcher.
 */
import { readFileSync } from 'node:fs';
import { startDemo } from './demo.ts';

const [script = 'demo', address = process.env['OPENLINE_CALL']] = process.argv.slice(2);
if (script !== 'demo' || address === undefined || !/^sip:[^\s<>]+$/i.test(address)) {
  console.error('Say whom to call: main.ts demo sip:studio@127.0.0.1:5060, or OPENLINE_CALL');
  process.exit(78);
}

const { phones, gateway } = readAccounts(process.env['OPENLINE_SETTINGS']);
const stop = await startDemo({
  studio: address,
  phones,
  gateway,
  log: (line) => {
    if (process.env['OPENLINE_LOG'] === 'debug') console.error(line);
  },
});

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
process.on('disconnect', () => void end());
process.send?.({ type: 'ready' });

interface Account {
  username: string;
  password: string;
}

/** The users' phones and the host's, and the first gateway that a line has an account for, as the settings name them. */
function readAccounts(file: string | undefined): { phones: Account[]; gateway: Account | undefined } {
  if (file === undefined || file === '') return { phones: [], gateway: undefined };
  const settings = JSON.parse(readFileSync(file, 'utf8')) as {
    phones?: unknown;
    host?: unknown;
    lines?: unknown;
  };
  const phones: unknown[] = Array.isArray(settings.phones) ? settings.phones : [];
  const lines: { accounts?: unknown[] }[] = Array.isArray(settings.lines) ? settings.lines : [];
  const gateway = lines.flatMap((line) => line.accounts ?? []).find(isAccount);
  return { phones: [...phones, settings.host].filter(isAccount), gateway };
}

function isAccount(value: unknown): value is Account {
  return (
    typeof value === 'object' &&
    value !== null &&
    'username' in value &&
    'password' in value &&
    typeof value.username === 'string' &&
    typeof value.password === 'string'
  );
}
