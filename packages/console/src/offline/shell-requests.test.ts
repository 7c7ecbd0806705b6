import { describe, expect, it } from 'vitest';
import { shellAnswer } from './shell-requests.ts';

const HERE = 'http://desk.local:8080';
const files = new Set(['/index.html', '/favicon.svg', '/manifest.webmanifest', '/assets/index-a.js']);
const answer = (path: string, mode = 'cors', method = 'GET') =>
  shellAnswer({ method, mode, url: new URL(path, HERE).href }, HERE, files);

describe('the service worker', () => {
  it.each(['/', '/presenter', '/messages?bucket=3', '/setup?token=x', '/apiary'])(
    'answers the screen %s with the page',
    (path) => expect(answer(path, 'navigate')).toBe('page'),
  );

  it.each(['/favicon.svg', '/assets/index-a.js', '/assets/messages-b.js', '/manifest.webmanifest'])(
    'answers %s with the file of the installed version',
    (path) => expect(answer(path, 'no-cors')).toBe('shell'),
  );

  it.each([
    '/api/me',
    '/api',
    '/audio/rec-1.wav',
    '/ws',
    '/program',
    '/program.mp3',
    '/health',
    '/metrics',
    '/docs',
    '/docs/asyncapi.json',
  ])('leaves %s to the server, also when it is opened as a page', (path) => {
    expect([answer(path), answer(path, 'navigate')]).toEqual([null, null]);
  });

  it('leaves alone what is not read, what goes elsewhere, and the question for a newer page', () => {
    expect(answer('/assets/index-a.js', 'cors', 'POST')).toBe(null);
    expect(answer('http://other.example/assets/index-a.js')).toBe(null);
    expect(answer('/index.html')).toBe(null);
    expect(answer('/')).toBe(null);
  });
});
