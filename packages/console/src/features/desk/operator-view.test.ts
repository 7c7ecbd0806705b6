import type { Role } from '@openline/protocol';
import { describe, expect, it } from 'vitest';
import { modeOfOperatorAct, viewOfOperator } from './operator-view.ts';

function view(mode: string | undefined, role: Role = 'producer', isOnAir = true) {
  const channelLabel = mode === 'studio-2' ? 'Studio line 2' : null;
  return viewOfOperator(mode, { channelLabel, isOnAir, role });
}

describe("an operator's chip", () => {
  it.each([
    ['defunct', 'defunct', 'noHeadset', []],
    ['free', 'quiet', 'ready', ['toAir']],
    ['ring', 'quiet', 'ringing', []],
    ['master', 'air', 'onAir', ['offAir']],
    ['studio-2', 'private', 'private', ['bothToAir', 'endTalk']],
  ] as const)('in %s: %s, %s, %j', (mode, tone, word, acts) => {
    expect(view(mode)).toMatchObject({ tone, word, acts });
  });

  it('names the channel of a private talk', () => {
    expect(view('studio-2').channelLabel).toBe('Studio line 2');
  });

  it('is an outline for who is in the program while it is off air', () => {
    expect(view('master', 'producer', false)).toMatchObject({ tone: 'air-off', word: 'inStudio' });
  });

  it('offers a screener to end a talk and nothing that touches the air, a viewer nothing', () => {
    expect(view('studio-2', 'screener').acts).toEqual(['endTalk']);
    expect(view('free', 'screener').acts).toEqual([]);
    expect(view('master', 'screener').acts).toEqual([]);
    expect(view('studio-2', 'viewer').acts).toEqual([]);
  });

  it('says that there is no headset when the user has no channel at all', () => {
    expect(view(undefined).word).toBe('noHeadset');
  });

  it('asks for master to go to air and for free to leave', () => {
    expect((['toAir', 'bothToAir', 'offAir', 'endTalk'] as const).map(modeOfOperatorAct)).toEqual([
      'master',
      'master',
      'free',
      'free',
    ]);
  });
});
