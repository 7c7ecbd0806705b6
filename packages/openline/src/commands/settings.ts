/** `openline settings export [FILE]` and `openline settings import FILE`: the whole of it as one JSON document. */
import { readFileSync, writeFileSync } from 'node:fs';
import { complain, withStation } from './with-station.ts';

export function runSettings(args: readonly string[]): Promise<number> {
  const [verb, file] = args;
  if (verb === 'export') return exportSettings(file ?? null);
  if (verb === 'import' && file) return importSettings(file);
  return Promise.resolve(complain(['openline settings export [FILE]', 'openline settings import FILE']));
}

function exportSettings(file: string | null): Promise<number> {
  return withStation(async ({ settings }) => {
    const text = `${JSON.stringify(settings.export(), null, 2)}\n`;
    // SIP secrets are in it, in clear.
    if (file === null) process.stdout.write(text);
    else writeFileSync(file, text, { mode: 0o600 });
    return 0;
  });
}

function importSettings(file: string): Promise<number> {
  return withStation(async ({ settings }) => {
    let document: unknown;
    try {
      document = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      return complain([`${file} cannot be read: ${error instanceof Error ? error.message : 'not JSON'}`]);
    }
    const result = await settings.replace(document);
    if (!result.ok) return complain(result.problems);
    console.log('The settings are replaced.');
    return 0;
  });
}
