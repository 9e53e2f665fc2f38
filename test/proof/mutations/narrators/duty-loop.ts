import type { DutyLoop } from '../../../../picture-2pc/shell/duty-loop.ts'
import { tell } from './tell.ts'

type Base = typeof DutyLoop

/** A loop that tells what it steps, saves and does, in its order. */
export function narrated(base: Base): Base {
  return class<I, O, R, S> extends base<I, O, R, S> {
    constructor(...[duties]: ConstructorParameters<typeof DutyLoop<I, O, R, S>>) {
      const { core, journal } = duties
      super({
        ...duties,
        core: {
          step: (input, now) => {
            tell(`loop steps ${JSON.stringify(input)}`)
            return core.step(input, now)
          },
        },
        journal: new Proxy(journal, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name)
            if (name !== 'append') return typeof value === 'function' ? value.bind(target) : value
            return async (records: readonly R[]) => {
              tell(`loop → disk  ${JSON.stringify(records)}`)
              await target.append(records)
              tell(`disk → loop  ${JSON.stringify(records)} is durable`)
            }
          },
        }),
        execute: (output) => {
          tell(`loop does ${JSON.stringify(output)}`)
          duties.execute(output)
        },
      })
    }
  }
}
