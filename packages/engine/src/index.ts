/** What other packages may use of the engine: the control contract. */
export * from './control/contract.ts';
