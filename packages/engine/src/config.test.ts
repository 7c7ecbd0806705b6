import { describe, expect, it } from 'vitest';
import { readEnvironment } from './config.ts';

describe('the environment of the engine', () => {
  it('has a default for everything', () => {
    const result = readEnvironment({});
    expect(result).toMatchObject({
      ok: true,
      environment: {
        host: '0.0.0.0',
        sipPort: 5_060,
        sipTls: { port: 5_061, isOptional: true },
        sipWs: { port: 5_066, isOptional: true },
        sipWsOrigins: [],
        tlsFiles: null,
        rtpPorts: { from: 16_384, to: 16_999 },
        packetIo: 'batched',
        publicAddress: null,
        logLevel: 'info',
      },
    });
  });

  it('is read', () => {
    const result = readEnvironment({
      OPENLINE_DATA: '/srv/openline',
      OPENLINE_SIP_HOST: '::1',
      OPENLINE_SIP_PORT: '0',
      OPENLINE_SIP_TLS_PORT: 'off',
      OPENLINE_SIP_WS_ORIGINS: 'https://desk.example, http://192.0.2.1:8080',
      OPENLINE_TLS_CERTIFICATE: '/etc/desk.pem',
      OPENLINE_TLS_KEY: '/etc/desk.key',
      OPENLINE_RTP_PORTS: '0-0',
      OPENLINE_PACKET_IO: 'dgram',
      OPENLINE_PUBLIC_ADDRESS: '203.0.113.4',
      OPENLINE_LOG: 'debug',
    });
    expect(result).toEqual({
      ok: true,
      environment: {
        dataFolder: '/srv/openline',
        audioFolder: '/srv/openline/audio',
        host: '::1',
        sipPort: 0,
        sipTls: null,
        sipWs: { port: 0, isOptional: true },
        sipWsOrigins: ['https://desk.example', 'http://192.0.2.1:8080'],
        tlsFiles: { certificate: '/etc/desk.pem', key: '/etc/desk.key' },
        rtpPorts: { from: 0, to: 0 },
        packetIo: 'dgram',
        publicAddress: '203.0.113.4',
        logLevel: 'debug',
      },
    });
  });

  it.each([
    ['OPENLINE_SIP_HOST', 'everywhere'],
    ['OPENLINE_SIP_PORT', '70000'],
    ['OPENLINE_SIP_PORT', '-1'],
    ['OPENLINE_SIP_PORT', '5060x'],
    ['OPENLINE_SIP_TLS_PORT', '70000'],
    ['OPENLINE_SIP_WS_ORIGINS', 'desk.example'],
    ['OPENLINE_RTP_PORTS', '20000'],
    ['OPENLINE_PACKET_IO', 'quick'],
    ['OPENLINE_RTP_PORTS', '20000-10000'],
    ['OPENLINE_RTP_PORTS', '20-70000'],
    ['OPENLINE_PUBLIC_ADDRESS', 'sip.example.net'],
    ['OPENLINE_LOG', 'loud'],
  ])('is refused in one line that names %s=%s', (name, value) => {
    const result = readEnvironment({ [name]: value });
    expect(result).toEqual({
      ok: false,
      problems: [expect.stringContaining(`${name} is "${value}": allowed is`)],
    });
  });
});
