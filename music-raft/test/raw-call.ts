import * as grpc from '@grpc/grpc-js'

const same = (bytes: Buffer) => bytes

/** A call whose bytes are ours, to say what no client library would. Rejects with a ServiceError. */
export function rawCall(
  address: string,
  path: string,
  bytes: Buffer,
  { deadlineMs = 3000, sent = {} }: { deadlineMs?: number; sent?: Record<string, string> } = {},
): Promise<Buffer> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure())
  const metadata = new grpc.Metadata()
  for (const [key, value] of Object.entries(sent)) metadata.set(key, value)
  const options = { deadline: Date.now() + deadlineMs }
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, bytes, metadata, options, (error, answer) =>
      error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error),
    )
  }).finally(() => client.close())
}

/** Sends one message on a stream and waits for its status, or for the time to be over. */
export function rawStream(
  address: string,
  path: string,
  bytes: Buffer,
  deadlineMs = 800,
): Promise<{ status: grpc.status; answers: Buffer[] }> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure())
  const answers: Buffer[] = []
  return new Promise<{ status: grpc.status; answers: Buffer[] }>((resolve) => {
    const options = { deadline: Date.now() + deadlineMs }
    const stream = client.makeBidiStreamRequest(path, same, same, options)
    stream.on('data', (answer: Buffer) => answers.push(answer))
    stream.on('error', () => undefined)
    stream.on('status', ({ code }) => resolve({ status: code, answers }))
    stream.write(bytes)
  }).finally(() => client.close())
}
