import { machine } from './machine.ts'
import type { Plot } from './plot.ts'
import type { Goal, Result, Table } from './result.ts'
import { lined } from './table.ts'

/** What a bench has found so far. Tables are shown as they are found. */
export class Findings {
  readonly #figures: Record<string, number> = {}
  readonly #goals: Goal[] = []
  readonly #tables: Table[] = []
  readonly #plots: Plot[] = []
  readonly #problems: string[] = []
  readonly #versions: Record<string, string> = {}

  /** Under a name that stays the same from version to version. */
  figure(name: string, value: number): void {
    this.#figures[name] = Number(value.toPrecision(5))
  }

  /** undefined: there is none of this name. */
  valueOf(name: string): number | undefined {
    return this.#figures[name]
  }

  table(table: Table): void {
    this.#tables.push(table)
    console.log(`\n${lined(table)}`)
  }

  plot(plot: Plot): void {
    this.#plots.push(plot)
  }

  /** Also a figure of its own. */
  goal(name: string, goal: Goal): void {
    this.#goals.push(goal)
    this.figure(name, goal.ratio.median)
  }

  problem(words: string): void {
    this.#problems.push(words)
  }

  version(name: string, version: string): void {
    this.#versions[name] = version
  }

  result(bench: string, options: Readonly<Record<string, unknown>>): Result {
    return {
      ...{ bench, machine: machine(), versions: this.#versions, options },
      ...{ figures: this.#figures, goals: this.#goals, tables: this.#tables },
      ...{ plots: this.#plots, problems: this.#problems },
    }
  }
}
