/** The connections' part of the system page: what this process holds to the server of the plant's database. */
import type { PoolInfo } from '../../platform/db/index.ts'
import { defineMessages, formatNumber, type Language, translator } from '../../platform/i18n/index.ts'
import { banner, card, type Html, html, table } from '../../platform/ui/index.ts'

const messages = defineMessages({
  title: { es: 'Conexiones a la base de la planta', en: 'Connections to the plant database' },
  hint: {
    es: 'De este proceso, ahora; se abren cuando hacen falta y se cierran cuando nadie las usa.',
    en: 'Of this process, now; they are opened when needed and closed when nobody uses them.',
  },
  what: { es: 'Qué', en: 'What' },
  count: { es: 'Cantidad', en: 'Count' },
  lent: { es: 'En uso', en: 'In use' },
  idle: { es: 'Libres', en: 'Idle' },
  size: { es: 'Máximo (PLANT_POOL_SIZE)', en: 'Most there may be (PLANT_POOL_SIZE)' },
  waiting: { es: 'Consultas que esperan una conexión', en: 'Queries waiting for a connection' },
  timeouts: { es: 'Esperas en vano desde que arrancó', en: 'Waits in vain since it started' },
  short: {
    es: 'Hubo consultas que no consiguieron conexión: suba PLANT_POOL_SIZE, o revise qué ocupa la base.',
    en: 'Some queries got no connection: raise PLANT_POOL_SIZE, or see what keeps the database busy.',
  },
})

const shown = ['lent', 'idle', 'size', 'waiting', 'timeouts'] as const satisfies readonly (keyof PoolInfo)[]

export function connectionsSection(pool: PoolInfo, language: Language): Html {
  const t = translator(messages, language)
  return card({
    title: t('title'),
    subtitle: t('hint'),
    id: 'connections',
    body: html`<div class="stack">
      ${pool.timeouts > 0 ? banner({ tone: 'warning', body: t('short') }) : ''}
      ${table({
        id: 'connection-figures',
        caption: t('title'),
        language,
        columns: [
          { key: 'what', label: t('what'), isSortable: false },
          { key: 'count', label: t('count'), align: 'end', isSortable: false },
        ],
        rows: shown.map((key) => ({ key, cells: [{ content: t(key) }, { content: formatNumber(pool[key], language) }] })),
      })}
    </div>`,
  })
}
