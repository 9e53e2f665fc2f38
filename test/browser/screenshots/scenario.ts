import type { Browser } from 'playwright-core'
import type { Tab } from '../tab.ts'

export interface Studio {
  readonly browser: Browser
  /** Opens a page once for each look of it: before anything happens, so that it sees it happen. */
  open(url: string): Promise<readonly Tab[]>
  /** Takes a picture of each, or of that part of each that is not on a phone. */
  shoot(suffix?: string, part?: string): Promise<void>
}

/** Brings a cluster into a state worth looking at. */
export type Scenario = (studio: Studio) => Promise<void>
