// What the buttons and the keys of a strip send. One function for both, so that they cannot differ.
import type { ChannelState, Priority } from '@openline/protocol';
import { useCallback } from 'react';
import { useControls } from '../../connection/desk-context.ts';
import { useDialRequest } from '../dial/dial-request.tsx';
import { type Act, isModeAct, modeOfAct } from './strip-view.ts';
import { useSurroundings } from './surroundings.tsx';

export type DoAct = (id: string, channel: ChannelState, act: Act) => void;

export function useActs(): DoAct {
  const controls = useControls();
  const { prepare } = useDialRequest();
  const myId = useSurroundings().me.id;
  return useCallback(
    (id, channel, act) => {
      if (isModeAct(act)) {
        // Both at once is asked of the operator's own channel; it is shown as pending where it was pressed.
        const moved = act === 'airBoth' ? myId : id;
        return controls.set(id, act, 'channelMode', { [moved]: modeOfAct(act, myId) });
      }
      switch (act) {
        case 'ready':
          controls.set(id, act, 'queue:screening', { [id]: 'ready' });
          // The talk is over: they wait for the air.
          if (channel.mode === myId) controls.set(id, 'hold', 'channelMode', { [id]: 'on_hold' });
          return undefined;
        case 'waiting':
          return controls.set(id, act, 'queue:screening', { [id]: 'new' });
        case 'priority':
          return controls.set(id, act, 'queue:priority', { [id]: nextPriority(channel.priority) });
        case 'lock':
          return controls.set(id, act, 'channelLock', { [id]: !channel.locked });
        case 'whisper':
          return controls.set(id, act, 'userWhisper', { [myId]: id });
        case 'dial':
          return prepare(null, id);
      }
    },
    [controls, myId, prepare],
  );
}

/** Lets the whispering end, wherever it went to. */
export function useEndWhisper(): (id: string) => void {
  const controls = useControls();
  const myId = useSurroundings().me.id;
  return useCallback((id) => controls.set(id, 'whisper', 'userWhisper', { [myId]: null }), [controls, myId]);
}

function nextPriority(priority: Priority): Priority {
  return priority === 0 ? 1 : priority === 1 ? 2 : 0;
}
