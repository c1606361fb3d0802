/** Limits: sliding windows in this process, or in the database for all processes. */
export { createSharedLimit, type SharedLimit, sweepRateWindows } from './shared.ts'
export { hourMs, minuteMs, type RateWindow, type Taken, takeSlot } from './window.ts'
