/** Half-open interval `[fromS, toS)` of elapsed (epoch) seconds. */
export type Span = { readonly fromS: number; readonly toS: number }
