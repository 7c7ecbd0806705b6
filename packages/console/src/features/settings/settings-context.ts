// How components reach the settings: one draft for the session, so that what is not saved yet is still there after a
// look at the desk.
import { useEffect, useSyncExternalStore } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { SettingsDraft, type SettingsView } from './settings-draft.ts';

const drafts = new WeakMap<object, SettingsDraft>();

export function useSettings(): { draft: SettingsDraft; view: SettingsView } {
  const session = useControls();
  let draft = drafts.get(session);
  if (!draft) {
    draft = new SettingsDraft();
    drafts.set(session, draft);
  }
  const one = draft;
  const view = useSyncExternalStore(one.subscribe, () => one.view);
  return { draft: one, view };
}

/** Reads the settings when the screen opens, and again whenever somebody has changed them. */
export function useCurrentSettings(mayRead: boolean): void {
  const { draft } = useSettings();
  const isLive = useDesk((view) => view.phase === 'live');
  const changedAt = useDesk((view) => view.desk?.station.settings_changed ?? null);
  useEffect(() => {
    if (mayRead && isLive) void draft.read();
  }, [draft, mayRead, isLive, changedAt]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (draft.dirtyKeys().length > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [draft]);
}
