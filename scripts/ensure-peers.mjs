// The real programs that the end-to-end tests talk to. Installed with apt where that is allowed; a test whose peer is
// missing skips itself by name.
import { spawnSync } from 'node:child_process';

const peers = [
  { command: 'sipp', debian: 'sip-tester' },
  { command: 'baresip', debian: 'baresip' },
  { command: 'chromium', debian: 'chromium' },
  { command: 'ffprobe', debian: 'ffmpeg' },
  { command: 'gammu-smsd', debian: 'gammu-smsd' },
  { command: 'gammu', debian: 'gammu' },
  { command: 'icecast2', debian: 'icecast2' },
  { command: 'turnserver', debian: 'coturn' },
];
/** Another run of apt holds its lock for a while; a mirror fails now and then. */
const options = [
  '-o',
  'DPkg::Lock::Timeout=120',
  '-o',
  'Acquire::Retries=3',
  '-o',
  'Acquire::http::Timeout=30',
];
const attempts = 3;
const pauseMs = 5_000;
const longestMs = 5 * 60_000;

const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const missing = () => peers.filter((peer) => !isThere(peer.command)).map((peer) => peer.debian);

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'ignore', 'inherit'];
  return spawnSync('apt-get', [...options, ...args], { env, stdio, timeout: longestMs }).status === 0;
}

const install = (...names) => apt('install', '-y', '-q', '--no-install-recommends', ...names);

function installMissing() {
  for (let attempt = 1; attempt <= attempts && missing().length > 0; attempt++) {
    if (attempt > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    if (install(...missing())) return;
    apt('update', '-q');
    if (install(...missing())) return;
    // One by one: a single missing package must not cost the others.
    for (const name of missing()) install(name);
  }
}

export function ensurePeers() {
  const names = missing();
  if (names.length === 0) return;
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    console.log(`Installing the test peers ${names.join(', ')} …`);
    installMissing();
  }
  for (const peer of peers.filter((each) => !isThere(each.command)))
    console.log(`Test peer ${peer.command} is missing (Debian: ${peer.debian}); its tests are skipped.`);
}
