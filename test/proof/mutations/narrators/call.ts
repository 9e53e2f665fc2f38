import { tell } from './tell.ts'

/** A function that tells what it was asked and what it answered. */
export function narrated<A extends readonly unknown[], R>(
  call: (...args: A) => R,
  name: string,
): (...args: A) => R {
  return (...args) => {
    const asked = `${name}(${args.map((each) => JSON.stringify(each)).join(', ')})`
    try {
      const answer = call(...args)
      tell(`${asked}${answer === undefined ? '' : ` → ${JSON.stringify(answer)}`}`)
      return answer
    } catch (error) {
      tell(`${asked} refuses: ${String(error)}`)
      throw error
    }
  }
}
