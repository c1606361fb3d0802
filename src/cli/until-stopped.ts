/** Processes that run until they are told to stop: SIGTERM, SIGINT, or the end of the launcher that started them. */
import type { Log } from '../platform/log/index.ts'

/** Within 10 s of the signal the process is gone, whatever hangs. */
const hardLimitMs = 9_000

/** Waits for the signal, then runs `stop`. A second signal changes nothing: a terminal sends Ctrl-C to launcher and process alike. */
export async function untilStopped(log: Log, stop: () => Promise<void>): Promise<void> {
  const reason = await new Promise<string>((resolve) => {
    // A forgotten promise of one company's driver must not end the service of the others; a broken process must end, and start anew.
    process.on('unhandledRejection', (error) => log.error({ event: 'unhandled_rejection', err: error }, 'a failure that nobody awaited'))
    process.once('uncaughtException', (error) => {
      log.fatal({ event: 'uncaught_exception', err: error }, 'broken, stopping')
      process.exitCode = 1
      resolve('uncaught exception')
    })
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, () => resolve(signal))
    process.once('disconnect', () => resolve('launcher ended'))
    process.channel?.unref()
  })
  log.info({ event: 'stopping', reason }, 'stopping')
  setTimeout(() => {
    log.error({ event: 'stop_forced' }, 'did not stop in time')
    process.exit(1)
  }, hardLimitMs).unref()
  await stop()
  log.info({ event: 'stopped' }, 'stopped')
}
