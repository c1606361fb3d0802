/** Which brokers this process listens to. Of several processes one listens to a company's: it renews its lease, and another takes over when it dies.
 *  Should two listen for a moment, the broker drops the one, since both come under one client id, and what both wrote counts once. */
import { randomUUID } from 'node:crypto'
import { pause, type Routine } from '../../platform/jobs/index.ts'
import { dropLease, findConnection, listEnabled, takeLease } from './queries.ts'
import { type Subscriber, type SubscriberDeps, startSubscriber } from './subscriber.ts'

export type SupervisorOptions = { readonly everyMs?: number; readonly leaseMs?: number }

type Running = { readonly version: number; readonly subscriber: Subscriber; stopped: Promise<void> | null }

/** A run waits this long for those that stop, so that most changes take effect at once; a broker that holds out is no other company's wait. */
const stopMs = 1_000

export function createSupervisor(deps: SubscriberDeps, { everyMs = 5_000, leaseMs = 20_000 }: SupervisorOptions = {}): Routine {
  const owner = randomUUID()
  const running = new Map<number, Running>()
  const { db, clock, log, secrets } = deps
  let seenMs = clock.nowMs()

  /** Known until it has stopped: no other may come under its client id before. */
  const stop = (tenantId: number): Promise<void> => {
    const one = running.get(tenantId)
    if (!one) return Promise.resolve()
    one.stopped ??= one.subscriber
      .stop()
      .catch((error: unknown) => log.error({ event: 'mqtt_stop_failed', tenantId, err: error }, 'a broker could not be left'))
      .then(() => void running.delete(tenantId))
    return one.stopped
  }
  const end = async (tenantId: number): Promise<void> => {
    await stop(tenantId)
    await dropLease({ ...db, tenantId }, owner)
  }

  /** Of one company; its trouble is not the others'. */
  async function attend(tenantId: number, version: number): Promise<void> {
    const nowMs = clock.nowMs()
    const isOurs = await takeLease({ ...db, tenantId }, owner, nowMs, leaseMs)
    const known = running.get(tenantId)
    if (known && (!isOurs || known.version !== version)) await soon(stop(tenantId))
    if (!isOurs || running.has(tenantId)) return
    const connection = await findConnection({ ...db, tenantId }, secrets)
    if (!connection?.isEnabled) return
    running.set(tenantId, { version: connection.version, subscriber: startSubscriber(deps, connection), stopped: null })
  }

  return {
    name: 'mqtt',
    everyMs,
    async run() {
      const wanted = await listEnabled(db).catch(async (error: unknown) => {
        // unseen for as long as the lease, others may listen by now
        if (clock.nowMs() > seenMs + leaseMs) await soon(Promise.all([...running.keys()].map(stop)))
        throw error
      })
      seenMs = clock.nowMs()
      const gone = [...running.keys()].filter((tenantId) => !wanted.some(({ tenant_id: id }) => id === tenantId))
      const work = [...gone.map((tenantId) => soon(end(tenantId))), ...wanted.map(({ tenant_id: id, version }) => attend(id, version))]
      for (const outcome of await Promise.allSettled(work))
        if (outcome.status === 'rejected')
          log.error({ event: 'mqtt_supervisor_failed', err: outcome.reason }, 'a broker could not be attended to')
    },
    async end() {
      await Promise.allSettled([...running.keys()].map(end))
    },
  }
}

const soon = async (work: Promise<unknown>): Promise<void> => {
  const waiting = new AbortController()
  await Promise.race([work, pause(stopMs, waiting.signal)]).finally(() => waiting.abort())
}
