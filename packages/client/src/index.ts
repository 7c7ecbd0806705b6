// A small client of the Openline protocol, for consoles, tests, scripts and other people's programs.
export * from './client.ts';
export * from './mirror.ts';
