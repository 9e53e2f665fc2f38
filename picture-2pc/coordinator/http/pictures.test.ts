import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import express from 'express'
import { serving } from '../../../common/http/test/serving.ts'
import { PictureList } from '../../participant/picture-list.ts'
import type { HttpParts } from './context.ts'
import { listPictures } from './pictures.ts'

const COUNT = 8000

/** Three nodes that hold most of many pictures, each of them others. */
function nodes() {
  return [2, 3, 5].map((leavesOut, place) => {
    const pictures = new Map(
      Array.from({ length: COUNT }, (_, i) => i)
        .filter((i) => i % leavesOut !== 0)
        .map((i) => [
          `picture ${i}.png`,
          { size: i, sha256: '', blob: '', likes: place, uploadTime: 0 },
        ]),
    )
    return { name: `node${place + 1}`, pictures, list: new PictureList() }
  })
}

async function listing(t: TestContext) {
  const all = nodes()
  const participants = {
    askAll: (
      ask: (client: {
        unary(method: string, request: { after: string; limit: number }): object
      }) => object,
    ) => ({
      unreachable: [],
      answers: all.map(({ name, pictures, list }) => [
        name,
        ask({
          unary: (_method, request) =>
            list.page({ pictures, namesVersion: 1 } as never, { ...request, node: name }),
        }),
      ]),
    }),
  }
  const app = express()
  app.get('/list', listPictures({ participants } as unknown as HttpParts))
  const port = await serving(t, app)
  const pages = async (query: string) => {
    const found = new Map<string, { nodes: string[] }>()
    let after: string | null = ''
    let count = 0
    for (; after !== null; count += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/list?${query}&after=${after}`)
      const page = (await response.json()) as Record<string, { nodes: string[] }>
      for (const [name, entry] of Object.entries(page)) {
        assert.ok(!found.has(name), `${name} comes twice`)
        found.set(name, entry)
      }
      const next = response.headers.get('x-next-after')
      assert.notEqual(next, after)
      after = next
    }
    return { found, count }
  }
  return { all, pages }
}

test('page by page every picture is told once, with all who hold it', async (t) => {
  const { all, pages } = await listing(t)
  const { found } = await pages('limit=1000')
  const names = new Set(all.flatMap(({ pictures }) => [...pictures.keys()]))
  assert.equal(found.size, names.size)
  for (const [name, entry] of found) {
    const holders = all.filter(({ pictures }) => pictures.has(name))
    assert.deepEqual(
      entry.nodes,
      holders.map(({ name }) => name),
    )
  }
})

test('a search goes through all names, a part of them at a time', async (t) => {
  const { all, pages } = await listing(t)
  const names = new Set(all.flatMap(({ pictures }) => [...pictures.keys()]))
  for (const text of ['777', '9.png', '7999', 'nothing']) {
    const { found, count } = await pages(`limit=100&contains=${text}`)
    const expected = [...names].filter((name) => name.includes(text))
    assert.deepEqual([...found.keys()].sort(), expected.sort(), text)
    assert.ok(count >= 2, 'one answer cannot have looked at all')
  }
})
