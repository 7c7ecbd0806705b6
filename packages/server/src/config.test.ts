import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('an empty environment gives the defaults', () => {
  const result = readConfig({});
  expect(result.ok && result.config).toMatchObject({
    httpHost: '0.0.0.0',
    httpPort: 8080,
    httpsPort: 8443,
    settingsFile: null,
    logLevel: 'info',
  });
});

test('port 0 is any free one', () => {
  const result = readConfig({ OPENLINE_HTTP_PORT: '0', OPENLINE_SIP_PORT: '0', OPENLINE_RTP_PORTS: '0-0' });
  expect(result.ok && result.config.httpPort).toBe(0);
  expect(result.ok && result.config.httpsPort).toBeNull();
});

test('https is where it is said, or off', () => {
  const portOf = (OPENLINE_HTTPS_PORT: string) => {
    const result = readConfig({ OPENLINE_HTTPS_PORT });
    return result.ok ? result.config.httpsPort : result.problems;
  };
  expect([portOf('443'), portOf('off'), portOf('0')]).toEqual([443, null, 0]);
  expect(portOf('https')).toEqual([
    'OPENLINE_HTTPS_PORT is "https": allowed is a port from 0 to 65535, 0 for any free one',
  ]);
});

test('every wrong variable is one line that says what is allowed', () => {
  const result = readConfig({
    OPENLINE_HTTP_PORT: '65536',
    OPENLINE_SIP_PORT: 'five',
    OPENLINE_RTP_PORTS: '20000-10000',
    OPENLINE_LOG: 'loud',
  });
  expect(result.ok ? [] : result.problems).toEqual([
    'OPENLINE_HTTP_PORT is "65536": allowed is a port from 0 to 65535, 0 for any free one',
    'OPENLINE_SIP_PORT is "five": allowed is a port from 0 to 65535, 0 for any free one',
    'OPENLINE_RTP_PORTS is "20000-10000": allowed is a range as 16384-16999, from 1024 to 65535',
    'OPENLINE_LOG is "loud": allowed is one of fatal, error, warn, info, debug, trace, silent',
  ]);
});
