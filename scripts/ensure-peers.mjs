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
];

const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

export function ensurePeers() {
  const missing = peers.filter((peer) => !isThere(peer.command));
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  const names = missing.map((peer) => peer.debian);
  if (isRoot && isThere('apt-get')) {
    console.log(`Installing the test peers ${names.join(', ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
    if (!apt('install', '-y', '-q', '--no-install-recommends', ...names)) {
      apt('update', '-q');
      // One by one: a single missing package must not cost the others.
      for (const name of names) apt('install', '-y', '-q', '--no-install-recommends', name);
    }
  }
  for (const peer of peers.filter((each) => !isThere(each.command)))
    console.log(`Test peer ${peer.command} is missing (Debian: ${peer.debian}); its tests are skipped.`);
}
