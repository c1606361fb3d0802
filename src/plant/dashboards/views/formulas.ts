/** Formulas with the answer's own numbers, for "how is this computed?" and for documents. Pure. */
import { formatNumber, formatRatio, type Language } from '../../../platform/i18n/index.ts'
import type { KpiInputs, KpiOeeData, KpiWeightEfficiencyData } from '../widgets/kpi-data.ts'
import { amount, secondsText } from './amounts.ts'
import { words } from './model.ts'

type Formula = { readonly name: string; readonly parts: string; readonly result: string }

/** Every ratio from the inputs shown below it, so that anyone can redo it by hand. */
export function formulas(className: string, data: unknown, language: Language): Formula[] {
  const t = words(language)
  const ratio = (value: number | null | undefined) => formatRatio(value ?? null, language, 2)
  const inputs = (data as { inputs?: KpiInputs }).inputs
  if (!inputs) return []
  const own = (data as { ratio: number | null }).ratio
  const minutes = (value: number) => `${formatNumber(value, language, 2)} min`
  const availability = (value: number | null): Formula => ({
    name: t('kpi.availability'),
    parts: `APT ${secondsText(inputs.actual_production_time_seconds)} ÷ PBT ${secondsText(inputs.planned_busy_time_seconds)}`,
    result: ratio(value),
  })
  const performance = (value: number | null): Formula => ({
    name: t('kpi.performance'),
    parts:
      inputs.ideal_minutes === null
        ? `${t('how.ideal')} — ÷ APT`
        : `${t('how.ideal')} ${minutes(inputs.ideal_minutes)} ÷ APT ${minutes(inputs.actual_production_time_seconds / 60)}`,
    result: ratio(value),
  })
  const quality = (value: number | null): Formula => ({
    name: t('kpi.quality'),
    parts: value === null ? 'GQ ÷ PQ' : `GQ ${amount(inputs.good_quantity, language)} ÷ PQ ${amount(inputs.processed_quantity, language)}`,
    result: ratio(value),
  })
  switch (className) {
    case 'KpiOee': {
      const { ratios, quality_assumed } = data as KpiOeeData
      const q = quality_assumed ? `${formatRatio(1, language, 0)}*` : ratio(ratios.quality_ratio)
      return [
        availability(ratios.availability),
        performance(ratios.effectiveness),
        quality(ratios.quality_ratio),
        { name: 'OEE', parts: `${ratio(ratios.availability)} × ${ratio(ratios.effectiveness)} × ${q}`, result: ratio(own) },
      ]
    }
    case 'KpiAvailability':
      return [availability(own)]
    case 'KpiPerformance':
      return [performance(own)]
    case 'KpiQuality':
      return [quality(own)]
    case 'KpiRejectedRate':
      return [
        {
          name: '',
          parts: `${amount(inputs.scrap_quantity, language)} ÷ PQ ${amount(inputs.processed_quantity, language)}`,
          result: ratio(own),
        },
      ]
    case 'KpiWeightEfficiency': {
      const d = data as KpiWeightEfficiencyData
      return [
        {
          name: '',
          parts: `${amount(d.actual_weight_kg, language, 2)} kg ÷ ${amount(d.theoretical_weight_kg, language, 2)} kg`,
          result: ratio(own),
        },
      ]
    }
    default:
      return []
  }
}
