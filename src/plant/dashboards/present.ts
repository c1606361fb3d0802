/** From a placed widget and the facts to what the client gets. One failing widget never takes the others with it. Pure but for the log line. */
import { type Language, translator } from '../../platform/i18n/index.ts'
import type { PlacedWidget } from './layout.ts'
import { messages } from './messages.ts'
import { localIso } from './widgets/local-time.ts'
import type { Widget, WidgetInput, WidgetResult } from './widgets/widget.ts'

export type PresentDeps = {
  readonly log: { readonly error: (data: object, message: string) => void }
  /** Quoted in a failed widget's message, so that the log line can be found. */
  readonly requestId: string | null
}

/** What the widget shows beside its data; an envelope's own words win. */
const describe = (placed: PlacedWidget, widget: Widget, { facts, scope, language }: Omit<WidgetInput, 'config'>) => {
  const newest = facts.newestDetectionLocalS
  return {
    class_name: widget.className,
    widget_category: widget.render.startsWith('kpi') ? 'kpi' : widget.render,
    display_name: placed.title ?? widget.displayName[language],
    render: widget.render,
    chart_type: widget.chart ?? null,
    height_px: widget.heightPx ?? null,
    tab: placed.tab,
    col_span: placed.colSpan,
    row_span: placed.rowSpan,
    order: placed.order,
    downtime_only: widget.downtimeOnly,
    refresh_seconds: placed.refreshS,
    explanation: widget.explanation[language],
    newest_detection: newest === null ? null : localIso(newest),
    // another system's figures are as old as it says, whatever the cameras do
    data_age_seconds: newest === null || widget.render === 'external' ? null : Math.max(0, scope.now.localS - newest),
  }
}

const placeholder = (placed: PlacedWidget, language: Language): WidgetResult => ({
  widget_id: placed.widgetId,
  widget_name: placed.widgetName,
  widget_type: 'placeholder',
  data: null,
  metadata: {
    class_name: null,
    widget_category: 'placeholder',
    display_name: placed.title ?? (placed.description || placed.widgetName),
    tab: placed.tab,
    col_span: placed.colSpan,
    row_span: placed.rowSpan,
    order: placed.order,
    placeholder: true,
    message: translator(messages, language)('widget.in_development'),
  },
})

/** Where a widget stands that is not asked for now: what the page shows of it stays. */
export const keptPlace = ({ widgetId, widgetName, widget, tab, colSpan, rowSpan, order }: PlacedWidget): WidgetResult => ({
  widget_id: widgetId,
  widget_name: widgetName,
  widget_type: 'kept',
  data: null,
  metadata: {
    kept: true,
    class_name: widget?.className ?? null,
    render: widget?.render ?? null,
    tab,
    col_span: colSpan,
    row_span: rowSpan,
    order,
  },
})

/** Data, or one of: notice (several lines), empty (null data), error, placeholder. Always under the widget's own id. */
export const presentWidget = (placed: PlacedWidget, input: Omit<WidgetInput, 'config'>, deps: PresentDeps): WidgetResult => {
  const { widget } = placed
  if (widget === null) return placeholder(placed, input.language)
  const t = translator(messages, input.language)
  const base = { widget_id: placed.widgetId, widget_name: placed.widgetName, widget_type: widget.render }
  const metadata = describe(placed, widget, input)
  if (widget.downtimeOnly && input.scope.isMultiLine)
    return { ...base, data: null, metadata: { ...metadata, notice: true, message: t('widget.one_line_only') } }
  try {
    const data = widget.compute({ ...input, config: placed.config })
    if (data === null) return { ...base, data, metadata: { ...metadata, empty: true, message: t('widget.empty') } }
    return { ...base, data, metadata }
  } catch (error) {
    deps.log.error({ err: error, widgetId: placed.widgetId, className: widget.className, tenantId: input.model.tenantId }, 'widget failed')
    return {
      ...base,
      widget_type: 'error',
      data: null,
      metadata: { ...metadata, error: true, message: t('widget.failed'), request_id: deps.requestId },
    }
  }
}
