// Ties a record list to a component: reads it when there is a connection, moves it on with every frame.
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useControls, useDesk } from './desk-context.ts';
import { RecordList, type RecordListView, type RecordSource } from './record-list.ts';

export interface LiveList<Entry> extends RecordListView<Entry> {
  readMore: () => void;
  readAgain: () => void;
}

/** `source` stays the same object while the filter does (useMemo): another one is another list. */
export function useRecordList<Entry>(source: RecordSource<Entry>): LiveList<Entry> {
  const controls = useControls();
  const isLive = useDesk((view) => view.phase === 'live');
  const list = useMemo(() => new RecordList(source), [source]);
  useEffect(() => controls.onFrame((frame) => list.take(frame)), [controls, list]);
  useEffect(() => {
    if (isLive) void list.read();
  }, [isLive, list]);
  const view = useSyncExternalStore(list.subscribe, () => list.view);
  return { ...view, readMore: () => void list.readMore(), readAgain: () => void list.read() };
}
