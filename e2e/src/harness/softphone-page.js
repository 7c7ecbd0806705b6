/** The page of softphone.ts: JsSIP as everybody uses it. Where it is can be read in the body's data-state. */
import JsSIP from 'jssip';

const sound = new AudioContext({ sampleRate: 48_000 });
let phone;
let session;
let ear;

function state(name) {
  document.body.dataset.state = name;
}

/** What the microphone says. */
function tone(hz) {
  const oscillator = sound.createOscillator();
  const gain = sound.createGain();
  const microphone = sound.createMediaStreamDestination();
  oscillator.frequency.value = hz;
  gain.gain.value = 0.25;
  oscillator.connect(gain).connect(microphone);
  oscillator.start();
  return microphone.stream;
}

function listen(stream) {
  // Chromium decodes what a media element plays, and nothing else.
  const player = new Audio();
  player.srcObject = stream;
  player.muted = true;
  void player.play();
  ear = sound.createAnalyser();
  ear.fftSize = 8192;
  sound.createMediaStreamSource(stream).connect(ear);
}

function hear(connection) {
  connection.addEventListener('track', ({ streams, track }) =>
    listen(streams[0] ?? new MediaStream([track])),
  );
}

globalThis.softphone = {
  register({ url, username, password, toneHz }) {
    phone?.stop();
    state('registering');
    phone = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)],
      uri: `sip:${username}@127.0.0.1`,
      password,
    });
    phone.toneHz = toneHz;
    phone.on('registered', () => state('registered'));
    phone.on('newRTCSession', ({ originator, session: rung }) => {
      if (originator !== 'remote') return;
      session = rung;
      session.on('confirmed', () => state('confirmed'));
      session.on('failed', ({ cause }) => state(`failed: ${cause}`));
      session.on('ended', () => state('ended'));
      session.on('peerconnection', ({ peerconnection }) => hear(peerconnection));
      state('rung');
    });
    phone.on('registrationFailed', ({ cause }) => state(`not registered: ${cause}`));
    phone.start();
  },
  async call({ target }) {
    await sound.resume();
    session = phone.call(target, {
      mediaStream: tone(phone.toneHz),
      pcConfig: { iceServers: [] },
      eventHandlers: {
        progress: () => state('ringing'),
        confirmed: () => state('confirmed'),
        failed: ({ cause }) => state(`failed: ${cause}`),
        ended: () => state('ended'),
      },
    });
    hear(session.connection);
  },
  async answer() {
    await sound.resume();
    session.answer({ mediaStream: tone(phone.toneHz), pcConfig: { iceServers: [] } });
  },
  hold() {
    session.hold({}, () => state('on hold'));
  },
  resume() {
    session.unhold({}, () => state('resumed'));
  },
  restartIce() {
    session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, () => state('restarted'));
  },
  heardDb({ hz }) {
    if (ear === undefined) return null;
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const bin = Math.round((hz * ear.fftSize) / sound.sampleRate);
    return Math.max(bins[bin - 1], bins[bin], bins[bin + 1]);
  },
  hangUp() {
    session.terminate();
  },
};
