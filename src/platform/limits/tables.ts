/** The recent hits of one key, such as an address at sign-in: a sliding window that all processes share. */
export type RateWindowRow = {
  window_key: string
  /** JSON list of epoch milliseconds, oldest first; never more than the limit. */
  hits: string
  updated_at: number
}

export interface LimitTables {
  rate_windows: RateWindowRow
}
