// Builds the pages into dist/web, for the processes to serve.
import { build } from 'vite'
import { configOf, pages } from './web.mjs'

await Promise.all(Object.keys(pages).map((name) => build(configOf(name))))
