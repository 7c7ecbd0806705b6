import { MemoryStore } from './memory-store.ts';
import { storeConformance } from './store-conformance.ts';

storeConformance('in memory', {
  open: () => {
    const store = new MemoryStore();
    return { store, reopen: () => store, close: () => undefined };
  },
});
