// npm run dev:web -- raft|pictures [URL]: serves a page from its sources and passes what is not of the
// page on to the process at that URL, for whoever works on the page.
import { createServer } from 'vite'
import { configOf, pages } from './web.mjs'

const processes = {
  raft: { url: 'http://127.0.0.1:18081', paths: '^/(events|api|status|metrics|livez|readyz)\\b' },
  pictures: {
    url: 'http://127.0.0.1:5001',
    paths:
      '^/(events|api|upload|list|search|download|delete|delete-2pc|like|transactions|participants|health)\\b',
  },
}
const [name = '', given] = process.argv.slice(2)
if (!Object.hasOwn(pages, name)) {
  console.error(`usage: npm run dev:web -- ${Object.keys(pages).join('|')} [URL]`)
  process.exit(2)
}
const { url, paths } = processes[name]
const target = given ?? url
// A process answers only pages of its own origin.
const toProcess = { target, changeOrigin: true, headers: { origin: new URL(target).origin } }
const config = configOf(name)
const server = await createServer({
  ...config,
  logLevel: 'info',
  server: { host: '127.0.0.1', fs: { allow: ['../..'] }, proxy: { [paths]: toProcess } },
})
await server.listen()
server.printUrls()
