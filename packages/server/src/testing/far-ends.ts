/** What a test lets telephones do in a server without any: the messages between station-process and scripted-exchange. */
import type { CallOwner, LineStatus } from '../desk/ports/exchange.ts';

/** `pick`: one of the calls that are up, counted round. */
export type FarEndMove =
  | { do: 'callIn'; owner: CallOwner; number: string }
  | { do: 'ring' | 'pickUp' | 'end'; pick: number }
  | { do: 'reachable'; owner: CallOwner; isReachable: boolean }
  | { do: 'line'; lineId: string; status: LineStatus }
  | { do: 'crash' | 'comeBack' }
  /** Garbage, so that the figures of memory say something. */
  | { do: 'collect' }
  /** Of every call, 15 times a second, as long as the desk watches. */
  | { do: 'meters'; isOn: boolean }
  | { do: 'text'; sender: string; body: string; cseq: number };

/** A move with a number is answered when it is done and everything it caused has been told. */
export type FarEndRequest = FarEndMove & { request: number };

export interface FarEndAnswer {
  type: 'done';
  request: number;
  /** The final status of a text; 0: nobody takes texts. */
  textStatus: number;
  heapMb: number;
  residentMb: number;
  /** Open files, sockets and timers, by kind. */
  handles: Record<string, number>;
}
