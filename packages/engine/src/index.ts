/** What other packages may use of the engine: the control contract, its client, and where its socket is. */
export * from './control/contract.ts';
export { connectControl } from './control/control-client.ts';
export type {
  AnyControlEvent,
  ControlClient,
  ControlClientOptions,
  ControlResult,
} from './control/control-client.ts';
export { controlSocketPath } from './control/socket-path.ts';
