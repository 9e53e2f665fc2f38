import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { PictureCluster } from '../../picture-2pc/test/cluster.ts'
import { originalClient } from '../../picture-2pc/test/grpc-clients.ts'
import { mutations } from './mutations/all.ts'

const build = join(import.meta.dirname, '../..')
const root = join(build, '..')
const PARTICIPANT = 'picture-2pc/participant/main.js'
/** Shows at the first repeated call. */
const VISIBLE = 'O21-repeat-refused'

describe('no mutation can be switched on in production', () => {
  /** Laid out like the image: `dist`, `node_modules`, `protos`, `package.json`. */
  let app: string
  let files: { readonly path: string; readonly text: string }[]
  before(async () => {
    app = await mkdtemp(join(tmpdir(), 'production-'))
    const tsc = join(root, 'node_modules/.bin/tsc')
    const args = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(app, 'dist')]
    await promisify(execFile)(tsc, args)
    await symlink(join(root, 'node_modules'), join(app, 'node_modules'))
    await symlink(join(root, 'protos'), join(app, 'protos'))
    await copyFile(join(root, 'package.json'), join(app, 'package.json'))
    const found = await readdir(join(app, 'dist'), { recursive: true, withFileTypes: true })
    const paths = found
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
    files = await Promise.all(
      paths.map(async (path) => ({
        path: relative(join(app, 'dist'), path),
        text: await readFile(path, 'utf8'),
      })),
    )
  })
  after(() => rm(app, { recursive: true, force: true }))

  test('the build holds no test, no mutation, no loader hook', () => {
    const compiled = files.filter(({ path }) => path.endsWith('.js'))
    assert(compiled.length > 100, `only ${compiled.length} files`)
    const ids = mutations.map(({ id }) => id)
    for (const { path, text } of files) {
      assert.doesNotMatch(path, /(^|\/)(test|proof|bench|mutations?)(\/|\.|$)|\.test\./)
      const words = /MUTATION|mutations\/|\/proof\/|registerHooks|node:module|NODE_OPTIONS/
      assert.doesNotMatch(text, words, path)
      for (const id of ids) assert(!text.includes(id), `${path} names ${id}`)
    }
  })

  test('only the mains read the environment, and no code is made from text', () => {
    const reading = files.filter(
      ({ path, text }) => path.endsWith('.js') && /\bprocess\.env\b/.test(text),
    )
    assert.deepEqual(reading.map(({ path }) => path).sort(), [
      'music-raft/client/cli.js',
      'music-raft/server/main.js',
      'music-raft/server/recover.js',
      'picture-2pc/coordinator/main.js',
      'picture-2pc/participant/main.js',
      'scripts/start.js',
    ])
    for (const { path, text } of files) {
      if (path.endsWith('.js'))
        assert.doesNotMatch(text, /\beval\(|new Function\(|node:vm|import\((?!')/, path)
    }
  })

  test('the image is made of the build and of nothing else', async () => {
    const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
    const stages = dockerfile.split(/^FROM /m)
    const copied = (stages.at(-1) ?? '').split('\n').filter((line) => /^(COPY|ADD) /.test(line))
    assert.deepEqual(copied, [
      'COPY package.json ./',
      'COPY protos/*.proto protos/',
      'COPY --from=dependencies /app/node_modules node_modules',
      'COPY --from=build /app/dist dist',
    ])
    assert.match(dockerfile, /^RUN npm run build\b/m)
    assert.doesNotMatch(dockerfile, /NODE_OPTIONS|--import|--require|MUTATION/)
    const ignored = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n')
    assert.equal(ignored[0], '*', 'nothing reaches the build of the image but what is named')
    assert(!ignored.some((line) => /^!(\*|\.|test)/.test(line) && !/^!\.npmrc$/.test(line)))
    assert(ignored.includes('**/test'))
    const { include, exclude }: Record<string, string[]> = JSON.parse(
      await readFile(join(root, 'tsconfig.build.json'), 'utf8'),
    )
    assert(include?.includes('test') === false && exclude?.includes('**/test/**'))
  })

  const switchOn = `--import=${new URL('mutations/switch-on.js', import.meta.url).href}`
  const wanted = { MUTATION: VISIBLE, MUTATION_STORY: '1', MUTATION_SEES: '.' }

  test('the switch works in the test build, or the next tests would prove nothing', async () => {
    assert.deepEqual(await votesOf(PARTICIPANT, { ...wanted, NODE_OPTIONS: switchOn }), [
      true,
      false,
    ])
  })

  test('a production process takes no notice of the variables', async () => {
    const main = relative(build, join(app, 'dist', PARTICIPANT))
    assert.deepEqual(await votesOf(main, wanted), [true, true])
  })

  test('nor is it changed by the switch itself, carried to it by force', async () => {
    const main = relative(build, join(app, 'dist', PARTICIPANT))
    assert.deepEqual(await votesOf(main, { ...wanted, NODE_OPTIONS: switchOn }), [true, true])
  })
})

/** What a participant of its own process answers when it is asked twice for the same vote. */
async function votesOf(participantMain: string, env: Record<string, string>): Promise<unknown[]> {
  const cluster = await PictureCluster.create({ participants: 1, participantMain, env })
  const [participant] = cluster.participants
  const client = originalClient(cluster, 0)
  try {
    participant?.start({ COORDINATORS: 'ghost=127.0.0.1:1' })
    const picture = { filename: 'a.png', data: Buffer.from('bytes') }
    assert.equal((await client.call('Upload', picture, 30_000))['success'], true)
    const vote = { transaction_id: randomUUID(), coordinator_id: 'ghost', filename: 'a.png' }
    const first = await client.call('VoteRequest', vote)
    const second = await client.call('VoteRequest', vote)
    return [first['vote_granted'], second['vote_granted']]
  } finally {
    client.close()
    await cluster.stop()
  }
}
