import { loadService } from '../../common/rpc.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'

export const queueService = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')
export const adminService = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')
