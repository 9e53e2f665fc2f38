/** How it stands with the stream, by this page's clock. */
export type Connection =
  | { readonly kind: 'connecting'; readonly since: number; readonly before: number | null }
  | { readonly kind: 'live'; readonly since: number }
  | {
      readonly kind: 'lost'
      readonly since: number
      /** When anything was last heard; null: never. */
      readonly before: number | null
      readonly reason: string
      readonly retryAt: number
    }
