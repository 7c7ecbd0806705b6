/**
 * What plays to a sound device, or captures from one: the platform's own, with its counterpart for the other direction.
 * Part of the contract (contract.ts), from where everybody takes it.
 */
export type SoundProgram = 'aplay' | 'pw-cat' | 'pacat' | 'ffmpeg';
