import { MemoryMessageStore } from './memory-message-store.ts';
import { messageStoreConformance } from './message-store-conformance.ts';

messageStoreConformance('in memory', {
  open: () => {
    const store = new MemoryMessageStore();
    return { store, reopen: () => store, close: () => undefined };
  },
});
