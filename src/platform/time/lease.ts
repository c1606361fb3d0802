/** Clocks of several machines may differ by this much. */
export const skewMs = 600_000

/** The latest end of a lease that can have been given by now: one beyond it was given by a clock that has been set back since, and holds nothing. */
export const latestLeaseMs = (nowMs: number, leaseMs: number): number => nowMs + leaseMs + skewMs
