// What can be done with the entries of every list that is kept: the star, tags, deleting with undo. A refusal is a
// sentence in `problem`; what was asked for shows when the server tells of it.
import { type ClientEvent, type ClientEventData, mayDo } from '@openline/protocol';
import { useCallback, useMemo, useState } from 'react';
import { useUndo } from '../ui/undo.tsx';
import { useControls, useDesk } from './desk-context.ts';

type Kind = 'messages' | 'questions' | 'calls';

export interface RecordActs {
  problem: string | null;
  /** For what a screen asks for besides: the problem is shown with the others. */
  ask: <E extends ClientEvent>(event: E, data: ClientEventData<E>) => Promise<boolean>;
  isLive: boolean;
  mayTag: boolean;
  mayDelete: boolean;
  setFavorite: (id: string, isFavorite: boolean) => void;
  addTag: (id: string, tag: string) => void;
  removeTag: (id: string, tag: string) => void;
  /** `text` is what the offer to undo says. */
  remove: (id: string, text: string) => void;
}

/** `lost` is what is said when there is no connection. */
export function useRecordActs(kind: Kind, lost: string): RecordActs {
  const controls = useControls();
  const undo = useUndo();
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  const isLive = useDesk((view) => view.phase === 'live');
  const [problem, setProblem] = useState<string | null>(null);

  const ask = useCallback(
    async <E extends ClientEvent>(event: E, data: ClientEventData<E>): Promise<boolean> => {
      const outcome = await controls.ask(event, data);
      setProblem(outcome.ok ? null : outcome.error.msg || lost);
      return outcome.ok;
    },
    [controls, lost],
  );
  const tag = useCallback(
    (way: 'addTags' | 'removeTags', id: string, tags: string[]) =>
      kind === 'messages'
        ? ask(`messages:${way}`, { message_ids: [id], tags })
        : ask(`${kind}:${way}`, { ids: [id], tags }),
    [ask, kind],
  );
  const { remove } = undo;
  return useMemo(
    () => ({
      problem,
      ask,
      isLive,
      mayTag: isLive && mayDo(role, `${kind}:addTags`),
      mayDelete: isLive && mayDo(role, `${kind}:delete`),
      setFavorite: (id, isFavorite) => void ask(isFavorite ? `${kind}:favorite` : `${kind}:unfavorite`, [id]),
      addTag: (id, text) => void tag('addTags', id, [text]),
      removeTag: (id, text) => void tag('removeTags', id, [text]),
      remove: (id, text) =>
        remove({ keys: [id], text, commit: () => void ask(`${kind}:delete`, { [id]: null }) }),
    }),
    [problem, ask, isLive, role, kind, tag, remove],
  );
}
