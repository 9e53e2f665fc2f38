import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { eventually } from '../child.ts'
import { freePort } from '../ports.ts'
import { RelayMesh } from './relay-mesh.ts'

/** Everything that reached one end. */
function listen(socket: Socket): { text: string; closed: boolean } {
  const heard = { text: '', closed: false }
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    heard.text += data.toString()
  })
  socket.on('close', () => {
    heard.closed = true
  })
  return heard
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the relay between real processes', () => {
  let server: Server
  let mesh: RelayMesh
  let accepted: Socket[]

  before(async () => {
    const port = await freePort()
    server = createServer((socket) => accepted.push(socket)).listen(port, '127.0.0.1')
    mesh = await RelayMesh.between(['a', 'b'], [{ name: 'b', port }])
  })
  after(async () => {
    await mesh.close()
    server.close()
  })
  beforeEach(() => {
    accepted = []
    mesh.heal()
  })

  async function pair() {
    const near = connect({ host: '127.0.0.1', port: Number(mesh.address('a', 'b').split(':')[1]) })
    await eventually('the target is reached', () => accepted.length > 0)
    const far = accepted[0]
    assert.ok(far !== undefined)
    return { near, far, atNear: listen(near), atFar: listen(far) }
  }

  test('carries both ways, also much, and the end', async () => {
    const { near, far, atNear, atFar } = await pair()
    const much = 'x'.repeat(3_000_000)
    near.write(much)
    far.write('back')
    await eventually('all arrived', () => atFar.text === much && atNear.text === 'back')
    far.end()
    near.end()
    await eventually('both ended', () => atNear.closed && atFar.closed)
  })

  test('a cut is silent one way only, and what waited arrives when it heals', async () => {
    const { near, far, atNear, atFar } = await pair()
    mesh.cut('a', 'b')
    near.write('there')
    far.write('back')
    await eventually('the answer passes', () => atNear.text === 'back')
    await pause(50)
    assert.equal(atFar.text, '')
    mesh.heal('a', 'b')
    await eventually('it arrives', () => atFar.text === 'there')
    near.destroy()
  })

  test('nobody hears through a cut that the other end has closed', async () => {
    const { near, far, atFar } = await pair()
    mesh.cut('a', 'b')
    near.destroy()
    await pause(50)
    assert.equal(atFar.closed, false)
    mesh.heal()
    await eventually('it hears it now', () => atFar.closed)
    far.destroy()
  })

  test('a connection that is opened while a direction is cut is made when it heals', async () => {
    mesh.cut('b', 'a')
    const near = connect({ host: '127.0.0.1', port: Number(mesh.address('a', 'b').split(':')[1]) })
    near.write('early')
    await once(near, 'connect')
    await pause(50)
    assert.equal(accepted.length, 0)
    mesh.heal()
    await eventually('it is made', () => accepted.length === 1)
    const far = accepted[0]
    assert.ok(far !== undefined)
    const atFar = listen(far)
    await eventually('what was sent arrives', () => atFar.text === 'early')
    near.destroy()
  })

  test('slow keeps the order, reset tells both ends', async () => {
    const { near, atNear, atFar } = await pair()
    mesh.slow('a', 'b', 80)
    const began = performance.now()
    near.write('1')
    await pause(10)
    mesh.slow('a', 'b', 0)
    near.write('2')
    await eventually('both arrive', () => atFar.text === '12')
    assert.ok(performance.now() - began >= 79)
    mesh.reset('a', 'b')
    await eventually('both hear', () => atNear.closed && atFar.closed)
  })
})
