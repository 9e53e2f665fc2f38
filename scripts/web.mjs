// The two pages: where their sources are, where they are built to, and how.
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Name of each page, and the half of the project it belongs to. */
export const pages = { raft: 'music-raft', pictures: 'picture-2pc' }

/** What Vite needs to build the page of that name, or to serve it while it is written. */
export function configOf(name) {
  return {
    configFile: false,
    envFile: false,
    root: join(root, pages[name], 'web'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    cacheDir: join(root, 'node_modules', '.vite', name),
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
    build: {
      outDir: join(root, 'dist', 'web', name),
      emptyOutDir: true,
      target: 'es2022',
      // The policy of the pages allows nothing inline, data: URLs included.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  }
}
