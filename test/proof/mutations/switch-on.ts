import { register } from 'node:module'
import type { HooksData } from './hooks.ts'

// Loaded with `--import`, before the program: puts the bug named by MUTATION into the modules of the
// test build as they are loaded. Children get it with NODE_OPTIONS.
const { MUTATION: id = '', MUTATION_WITNESS: witness = '', MUTATION_STORY } = process.env
const data: HooksData = { id, witness, story: MUTATION_STORY !== undefined }
register('./hooks.js', import.meta.url, { data })
