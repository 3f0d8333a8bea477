/** How the console is built, and served while it is worked on. */
import { defineConfig, loadEnv } from 'vite';
import solid from 'vite-plugin-solid';

export default defineConfig(({ mode }) => {
  const { PORT = '8080' } = loadEnv(mode, `${import.meta.dirname}/..`, 'PORT');
  const gateway = `http://127.0.0.1:${PORT}`;
  return {
    root: import.meta.dirname,
    base: '/console/',
    plugins: [solid()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2022',
      // The page may load files of this host only, and no data: URL.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // How long the bundler took is nothing that whoever starts the gateway has to read.
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(
        ['/api', '/v1', '/v1beta', '/docs', '/health', '/ready', '/metrics'].map((path) => [
          path,
          { target: gateway },
        ]),
      ),
    },
  };
});
