// The microphones and speakers of this computer, as the browser names them: it does so once the microphone was allowed.
import { useEffect, useState } from 'react';

export interface Device {
  id: string;
  name: string;
}

export interface Devices {
  microphones: readonly Device[];
  speakers: readonly Device[];
}

const none: Devices = { microphones: [], speakers: [] };

/** Asked anew when `when` changes, and when something is plugged in or out. */
export function useDevices(when: unknown): Devices {
  const [devices, setDevices] = useState(none);
  useEffect(() => {
    if (!('mediaDevices' in navigator)) return undefined;
    let isStale = false;
    const ask = () => {
      void navigator.mediaDevices.enumerateDevices().then((all) => {
        if (!isStale) setDevices({ microphones: of(all, 'audioinput'), speakers: of(all, 'audiooutput') });
      });
    };
    ask();
    navigator.mediaDevices.addEventListener('devicechange', ask);
    return () => {
      isStale = true;
      navigator.mediaDevices.removeEventListener('devicechange', ask);
    };
  }, [when]);
  return devices;
}

/** Without the system's own choices, which are the first line of each list here. */
function of(all: readonly MediaDeviceInfo[], kind: MediaDeviceKind): Device[] {
  return all
    .filter((one) => one.kind === kind && !['', 'default', 'communications'].includes(one.deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}
