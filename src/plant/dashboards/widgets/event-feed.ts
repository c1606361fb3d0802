/** The newest detections and stops, mixed by time. */
import { translator } from '../../../platform/i18n/index.ts'
import type { RecentDetection, Stop } from '../../facts/index.ts'
import type { LocalS } from '../../scope/index.ts'
import { messages } from '../messages.ts'
import type { EventFeedData, EventFeedItem } from './data.ts'
import { localIso } from './local-time.ts'
import { amount, minutes } from './numbers.ts'
import { lineNames, stopReason, stopSource } from './stop-words.ts'
import type { Widget, WidgetInput } from './widget.ts'

const mostItems = 50

/** `max_items` of the layout, 1 to 50. */
const itemLimit = (config: WidgetInput['config']): number => {
  const wanted = config.max_items
  return typeof wanted === 'number' && Number.isInteger(wanted) && wanted >= 1 ? Math.min(wanted, mostItems) : mostItems
}

/** Spec plant 5.2: 30 minutes is high, 10 is medium. */
const severity = (durationS: number) => (durationS >= 1800 ? 'high' : durationS >= 600 ? 'medium' : 'low')

export const eventFeed = {
  className: 'EventFeed',
  displayName: { es: 'Eventos', en: 'Events' },
  explanation: {
    es: 'Las últimas detecciones y paradas del período, de la más nueva a la más vieja.',
    en: 'The latest detections and stops of the period, newest first.',
  },
  render: 'feed',
  tab: 'produccion',
  columnSpan: 4,
  rowSpan: 2,
  order: 16,
  downtimeOnly: false,
  needs: ['recent'],
  compute: ({ facts, model, language, config }) => {
    const t = translator(messages, language)
    const names = lineNames(model)
    const areas = new Map(model.lines.flatMap((line) => line.areas.map((area) => [area.areaId, area.areaName] as const)))
    const detection = (row: RecentDetection): { at: LocalS; item: EventFeedItem } => {
      const area = areas.get(row.areaId) ?? t('area.unknown')
      const product = model.products.get(row.productId)?.productName ?? t('product.unknown')
      const item = { type: 'detection' as const, timestamp: localIso(row.detectedAtLocalS), line_name: names.get(row.lineId) ?? '' }
      return {
        at: row.detectedAtLocalS,
        item: { ...item, area_name: area, product_name: product, description: t('feed.detection', { product, area }) },
      }
    }
    const downtime = (stop: Stop): { at: LocalS; item: EventFeedItem } => ({
      at: stop.startLocalS,
      item: {
        type: 'downtime',
        timestamp: localIso(stop.startLocalS),
        line_name: names.get(stop.lineId) ?? '',
        duration_min: minutes(stop.durationS),
        source: stop.source,
        severity: severity(stop.durationS),
        description: t('feed.downtime', {
          minutes: amount(minutes(stop.durationS), language, 1),
          source: stopSource(stop, language),
          reason: stopReason(stop, language),
        }),
      },
    })
    const items = [...facts.recentDetections.map(detection), ...facts.latestStops.map(downtime)]
      .sort((a, b) => b.at - a.at)
      .slice(0, itemLimit(config))
      .map(({ item }) => item)
    return items.length === 0 ? null : { items }
  },
} satisfies Widget<EventFeedData>
