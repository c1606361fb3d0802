/** The connections' part of the system page: what this process holds to the plant's database, and what was slow there. */
import type { PoolInfo } from '../../platform/db/index.ts'
import { defineMessages, formatNumber, type Language, translator } from '../../platform/i18n/index.ts'
import { banner, card, type Html, html, table } from '../../platform/ui/index.ts'
import type { QueryInfo } from '../model/index.ts'

export type Connections = {
  /** Null: a file, or nothing asked for yet. */
  readonly pool: PoolInfo | null
  readonly queries: QueryInfo | null
}

const messages = defineMessages({
  title: { es: 'Conexiones', en: 'Connections' },
  hint: {
    es: 'De este proceso con la base de la planta, desde que arrancó.',
    en: 'Of this process with the plant database, since it started.',
  },
  what: { es: 'Qué', en: 'What' },
  count: { es: 'Cantidad', en: 'Count' },
  lent: { es: 'Conexiones en uso', en: 'Connections in use' },
  idle: { es: 'Conexiones libres', en: 'Idle connections' },
  size: { es: 'Máximo de conexiones (PLANT_POOL_SIZE)', en: 'Most connections (PLANT_POOL_SIZE)' },
  waiting: { es: 'Consultas que esperan una conexión', en: 'Queries waiting for a connection' },
  timeouts: { es: 'Esperas en vano', en: 'Waits in vain' },
  queries: { es: 'Consultas', en: 'Queries' },
  slow: { es: 'Consultas lentas (medio segundo o más)', en: 'Slow queries (half a second or more)' },
  short: {
    es: 'Hubo consultas que no consiguieron conexión: suba PLANT_POOL_SIZE, o revise qué ocupa la base.',
    en: 'Some queries got no connection: raise PLANT_POOL_SIZE, or see what keeps the database busy.',
  },
})

export function connectionsSection({ pool, queries }: Connections, language: Language): Html {
  const t = translator(messages, language)
  const figures: readonly (readonly [Parameters<typeof t>[0], number])[] = [
    ...(pool === null
      ? []
      : ([
          ['lent', pool.lent],
          ['idle', pool.idle],
          ['size', pool.size],
          ['waiting', pool.waiting],
          ['timeouts', pool.timeouts],
        ] as const)),
    ...(queries === null
      ? []
      : ([
          ['queries', queries.queries],
          ['slow', queries.slowQueries],
        ] as const)),
  ]
  if (figures.length === 0) return html``
  return card({
    title: t('title'),
    subtitle: t('hint'),
    id: 'connections',
    body: html`<div class="stack">
      ${pool !== null && pool.timeouts > 0 ? banner({ tone: 'warning', body: t('short') }) : ''}
      ${table({
        id: 'connection-figures',
        caption: t('title'),
        language,
        columns: [
          { key: 'what', label: t('what'), isSortable: false },
          { key: 'count', label: t('count'), align: 'end', isSortable: false },
        ],
        rows: figures.map(([key, value]) => ({ key, cells: [{ content: t(key) }, { content: formatNumber(value, language) }] })),
      })}
    </div>`,
  })
}
