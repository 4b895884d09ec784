import license from 'rollup-plugin-license';
import { defineConfig } from 'vite';

// The gateway serves the built files itself; nothing is loaded from anywhere else.
export default defineConfig({
  base: '/graphiql/',
  esbuild: { jsx: 'automatic', legalComments: 'none' },
  build: {
    outDir: '../static',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8000,
    rollupOptions: {
      plugins: [license({ thirdParty: { output: '../static/LICENSES.txt' } })],
    },
  },
  worker: { format: 'es' },
});
