/** What a command is answered that cannot be done. Used by call-commands.ts and browser-legs.ts. */
import type { ControlErrorCode, LegId } from '../control/contract.ts';
import type { Outcome } from '../control/control-server.ts';

export function unknown(id: LegId): Outcome<never> {
  return refused('unknown_leg', `no leg ${id}`);
}

export function refused(code: ControlErrorCode, msg: string): Outcome<never> {
  return { ok: false, code, msg };
}
