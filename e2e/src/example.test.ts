// The example program, which knows nothing but the published document, against the product with a caller.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPhone, type Phone, tone } from '@openline/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, type Json, openConsole } from './harness/desk-console.ts';
import { type Product, startProduct } from './harness/product.ts';
import { temporaryFolder } from './harness/temporary-folder.ts';
import { waitFor } from './harness/wait-for.ts';

const program = join(resolve(import.meta.dirname, '../..'), 'examples/thirty-lines.ts');

/** Of what the page escapes. */
function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

describe('the example of thirty lines', () => {
  let product: Product;
  let witness: DeskConsole;
  let listeners: Phone;

  beforeAll(async () => {
    product = await startProduct();
    witness = await openConsole(product, 'Vera');
    listeners = await createPhone();
  });
  afterAll(async () => {
    witness?.close();
    await listeners?.close();
    await product?.stop();
  });

  it('imports nothing, and has about thirty lines', () => {
    const lines = readFileSync(program, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('//'));
    expect(lines.join('\n')).not.toMatch(/\bimport\b/);
    expect(lines.length).toBeLessThanOrEqual(36);
  });

  it('signs in and takes the next call to air', async () => {
    const child = spawn(process.execPath, [program, product.url, 'Anna', 'anna-password-1']);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
    await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203001111',
      source: tone(900),
    });
    await witness.until('the caller on air', () => witness.channel('studio-1').mode === 'master');
    expect(await ended, output).toBe(0);
    expect(output).toBe('studio-1 is on air\n');
  });

  it('the program that the published page begins with runs as it stands there', async () => {
    const page = await (await fetch(`${product.url}/docs`)).text();
    const [, printed = ''] = /<pre><code>([^<]*)<\/code><\/pre>/.exec(page) ?? [];
    const folder = temporaryFolder('first-client');
    const copy = join(folder, 'first-client.mjs');
    writeFileSync(copy, unescaped(printed));
    await witness.until('the channel to be free', () => witness.channel('studio-1').mode !== 'ring');
    const child = spawn(process.execPath, [copy, product.url, 'Anna', 'anna-password-1']);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise((done) => child.once('close', done));
    const call = await listeners.call(`sip:studio@127.0.0.1:${product.sipPort}`, {
      from: '+2203002222',
      source: tone(900),
    });
    const isHeld = () =>
      Object.values<Json>(witness.state().mixer.channels).some(
        ({ mode, contact }) => mode === 'on_hold' && contact?.number === '+2203002222',
      );
    await witness.until(`the caller on hold; ${output}`, isHeld);
    await waitFor('the program to say so', () => / on_hold \+2203002222$/m.test(output));
    child.kill();
    await ended;
    call.hangUp();
    expect(output).not.toMatch(/error/i);
  });

  it('says why when the password is wrong', async () => {
    const child = spawn(process.execPath, [program, product.url, 'Anna', 'wrong']);
    let output = '';
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    expect(await new Promise((done) => child.once('close', done))).toBe(1);
    expect(output).toContain('not signed in');
  });
});
