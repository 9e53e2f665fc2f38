import * as grpc from '@grpc/grpc-js'
import { echoMethods } from './protocol.ts'

// The least a grpc-js server can do, in a process of its own. Tells its port to its parent and ends with it.

const server = new grpc.Server()
server.addService(echoMethods, {
  Unary: (call: grpc.ServerUnaryCall<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>): void => {
    answer(null, call.request)
  },
  Messages: (call: grpc.ServerDuplexStream<Buffer, Buffer>): void => {
    call.on('data', (message: Buffer) => call.write(message))
    call.on('end', () => call.end())
  },
})
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.send?.(port)
})
process.once('disconnect', () => process.exit())
