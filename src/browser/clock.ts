/** Time that also passes while the machine sleeps: `performance.now()` stands still then on Linux and macOS. */

/** Smaller jumps of the wall clock are somebody setting it. */
const sleepMs = 30_000

let wallMs = Date.now()
let awakeMs = performance.now()
let sleptMs = 0

/** Milliseconds since some moment, never back. What the wall clock jumped ahead since the last call was sleep. */
export function nowMs(): number {
  const [wall, awake] = [Date.now(), performance.now()]
  const jumpMs = wall - wallMs - (awake - awakeMs)
  if (jumpMs > sleepMs) sleptMs += jumpMs
  wallMs = wall
  awakeMs = awake
  return awake + sleptMs
}
