/** A certificate as the engine makes it for the station, for tests of those who show it. */
export { makeCertificate } from '@openline/engine';
