import type { RpcClient } from '../../common/rpc-client.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'

/** A channel to one participant. */
export type PictureClient = RpcClient<PictureServiceDefinition>
