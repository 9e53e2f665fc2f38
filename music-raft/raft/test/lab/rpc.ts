import type { Message, Request } from '../../messages.ts'

export function isRequest(message: Message): message is Request {
  switch (message.type) {
    case 'RequestVote':
    case 'AppendEntries':
    case 'InstallSnapshot':
    case 'TimeoutNow':
    case 'ReadIndex':
      return true
    default:
      return false
  }
}
