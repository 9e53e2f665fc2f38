import * as grpc from '@grpc/grpc-js'
import { MESSAGES_PATH, UNARY_PATH, unchanged } from './protocol.ts'

// The least a grpc-js server can do, in a process of its own. Tells its port to its parent and ends with it.

const coding = {
  requestSerialize: unchanged,
  requestDeserialize: unchanged,
  responseSerialize: unchanged,
  responseDeserialize: unchanged,
}
const server = new grpc.Server()
server.addService(
  {
    unary: { path: UNARY_PATH, requestStream: false, responseStream: false, ...coding },
    messages: { path: MESSAGES_PATH, requestStream: true, responseStream: true, ...coding },
  },
  {
    unary: (
      call: grpc.ServerUnaryCall<Buffer, Buffer>,
      answer: grpc.sendUnaryData<Buffer>,
    ): void => {
      answer(null, call.request)
    },
    messages: (call: grpc.ServerDuplexStream<Buffer, Buffer>): void => {
      call.on('data', (message: Buffer) => call.write(message))
      call.on('end', () => call.end())
    },
  },
)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.send?.(port)
})
process.once('disconnect', () => process.exit())
