/**
 * Loaded before main.ts (`--import`): the server as it is, but its exchange is the one of scripted-exchange.ts, so that
 * it starts in a moment and a test says what the far ends do. station-process.ts starts servers so.
 */
import { registerHooks } from 'node:module';

const scripted = new URL('./scripted-exchange.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isTheEmbedded = specifier.endsWith('/exchange/embedded/embedded-exchange.ts');
    return nextResolve(isTheEmbedded ? scripted : specifier, context);
  },
});
