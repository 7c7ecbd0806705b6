import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { MessageStore } from '../desk/ports/message-store.ts';
import { messageRecord, messageStoreConformance } from '../desk/testing/message-store-conformance.ts';
import { openDatabase } from './database.ts';
import { createMessageStore } from './message-store.ts';

messageStoreConformance('in SQLite', {
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'openline-messages-'));
    const opened: DatabaseSync[] = [];
    const openStore = (): MessageStore => {
      const result = openDatabase(join(folder, 'a.sqlite'));
      if (!result.ok) throw new Error(result.problem);
      opened.push(result.database);
      return createMessageStore(result.database);
    };
    return {
      store: openStore(),
      reopen: openStore,
      close: () => {
        for (const database of opened) database.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});

test('what fails in the middle leaves nothing behind', () => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  const store = createMessageStore(opened.database);
  const attempt = () =>
    store.together(() => {
      store.add(messageRecord('m1'));
      store.remember([{ name: 'n', withinMs: null }], 1);
      throw new Error('the power went');
    });
  expect(attempt).toThrow('the power went');
  expect(store.find('m1')).toBeNull();
  expect(store.isKnown([{ name: 'n', withinMs: null }], 2)).toBe(false);
  opened.database.close();
});
