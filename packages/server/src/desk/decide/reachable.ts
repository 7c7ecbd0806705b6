// Whose phone is registered or headset connected: users can be rung then, and the studio desk is rung once.
import type { DeskModel } from '../model.ts';
import { userOf } from '../model.ts';
import type { CallOwner } from '../ports/exchange.ts';

export function takeReachable(model: DeskModel, owner: CallOwner, isReachable: boolean): void {
  if (owner.kind === 'line') return;
  if (owner.kind === 'user') {
    const user = userOf(model, owner.userId);
    if (user) user.isReachable = isReachable;
    return;
  }
  // Who hangs up there is not rung again until the phone has been away.
  const { host } = model;
  const isFree = !host.leg || host.leg.isEnding;
  if (isReachable && !host.isReachable && isFree) host.isToBeReached = true;
  host.isReachable = isReachable;
}
