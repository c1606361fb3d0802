/** How long a test waits for what a rule wants within a time. */
import os from 'node:os'

/** `ms` on a machine that has a core for it; in proportion more where twice as much runs as there are cores: no answer is late by itself there. */
export const patienceMs = (ms: number): number => Math.round(ms * Math.max(1, (2 * (os.loadavg()[0] ?? 0)) / os.availableParallelism()))
