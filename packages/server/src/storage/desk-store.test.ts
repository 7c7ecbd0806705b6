import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Store } from '../desk/ports/store.ts';
import { storeConformance } from '../desk/testing/store-conformance.ts';
import { openDatabase } from './database.ts';
import { createNumberPlan } from '../numbers/number-plan.ts';
import { openStores } from './stores.ts';

storeConformance('in SQLite', {
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'openline-store-'));
    const opened: DatabaseSync[] = [];
    const openStore = (): Store => {
      const result = openDatabase(join(folder, 'a.sqlite'));
      if (!result.ok) throw new Error(result.problem);
      opened.push(result.database);
      const numbers = createNumberPlan(() => null);
      return openStores(result.database, { numbers, audioFolder: folder, onProblem: () => undefined }).desk;
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
