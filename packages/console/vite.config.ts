// Builds the console into dist/, which the server serves as it is. Everything is bundled: the page asks nobody but
// the station's own server, and the content security policy needs no exception.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressedFiles } from './build-compressed.ts';
import { offlineShell } from './build-offline.ts';

const serverAddress = process.env['OPENLINE_DEV_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [react(), offlineShell(), compressedFiles()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // Fonts and images stay files of their own: the policy does not allow data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    // Compressing is worth the time it takes.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    proxy: {
      '/api': serverAddress,
      '/audio': serverAddress,
      '/health': serverAddress,
      '/ws': { target: serverAddress, ws: true },
    },
  },
});
