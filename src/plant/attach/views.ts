/** The steps of attaching a plant, each a page with one form. */
import { formatLocalDate, formatLocalDateTime, formatNumber } from '../../platform/i18n/index.ts'
import { dayS, formatDurationS, formatLocalTime, type LocalS } from '../../platform/time/index.ts'
import { banner, card, field, type Html, html, linkButton, select, table } from '../../platform/ui/index.ts'
import { type PerformanceUnit, performanceUnits } from '../model/index.ts'
import { type Check, checksTable, worst } from '../system/index.ts'
import { encryptionChoices, engineChoices } from './address-form.ts'
import { cancelForm, type StepPage, stepActions, stepForm, stepPage, wordsOf } from './frame.ts'
import { grantStatements } from './grants.ts'
import type { TableEnds } from './look.ts'
import { attachPaths } from './paths.ts'
import type { Situation } from './service.ts'
import { isPlausible, type Speed } from './speed.ts'
import { allZones, offsetsAt, type ZoneProposal } from './time-zones.ts'

/** What was said before, without the password. */
export type Known = Readonly<Partial<Record<'engine' | 'host' | 'port' | 'database' | 'user' | 'encryption' | 'mode', string>>>

export function connectionView(model: StepPage, situation: Situation, known: Known | null): Html {
  const { page, refused } = model
  const t = wordsOf(page)
  const value = (name: keyof Known, otherwise = ''): string => refused.values[name] ?? known?.[name] ?? otherwise
  const shared = (name: string) => ({ name, error: refused.errors[name] })
  const body = html`
    ${situation === 'empty' ? banner({ tone: 'info', body: t('empty') }) : ''}
    ${stepForm(
      model,
      card({
        title: t('step.connection'),
        subtitle: t('connection.hint'),
        body: html`<div class="stack">
          <div class="form-grid">
            ${select({ ...shared('engine'), label: t('engine'), value: value('engine', 'mysql'), options: engineChoices.map((one) => ({ value: one, label: t(`engine.${one}`) })) })}
            ${field({ ...shared('host'), label: t('host'), value: value('host'), hint: t('host.hint'), maxLength: 253, autocomplete: 'off' })}
            ${field({ ...shared('port'), label: t('port'), value: value('port'), hint: t('port.hint'), maxLength: 5, autocomplete: 'off' })}
            ${field({ ...shared('database'), label: t('database'), value: value('database'), maxLength: 64, autocomplete: 'off' })}
            ${field({ ...shared('user'), label: t('user'), value: value('user'), maxLength: 100, autocomplete: 'off' })}
            ${field({ ...shared('password'), label: t('password'), type: 'password', maxLength: 500, autocomplete: 'new-password', ...(known && { hint: t('password.kept') }) })}
            ${select({ ...shared('encryption'), label: t('encryption'), value: value('encryption', 'none'), options: encryptionChoices.map((one) => ({ value: one, label: t(`encryption.${one}`) })) })}
            ${select({ ...shared('mode'), label: t('mode'), value: value('mode', 'read'), options: (['read', 'managed'] as const).map((one) => ({ value: one, label: t(`mode.${one}`) })) })}
          </div>
          ${field({ ...shared('url'), label: t('url'), type: 'password', hint: t('url.hint'), maxLength: 2000, autocomplete: 'off' })}
          ${stepActions(model, t('try'))}
        </div>`,
      }),
    )}
    ${card({
      title: t('grants'),
      subtitle: t('grants.detail'),
      body: html`<div class="stack">${engineChoices.map((one) => html`<div><h3 class="small">${t(`engine.${one}`)}</h3><pre class="code" tabindex="0">${grantStatements[one]}</pre></div>`)}</div>`,
    })}
    ${known ? cancelForm(model) : ''}`
  return stepPage(model, body)
}

export function verificationView(model: StepPage, checks: readonly Check[]): Html {
  const { page, actor } = model
  const t = wordsOf(page)
  const status = worst(checks)
  const tone = ({ ok: 'success', warn: 'warning', error: 'danger' } as const)[status]
  const words = ({ ok: 'verification.good', warn: 'verification.warnings', error: 'verification.errors' } as const)[status]
  return stepPage(
    model,
    html`${banner({ tone, body: t(words) })}
    ${card({ title: t('step.verification'), body: checksTable(checks, page.language) })}
    <div class="cluster">
      ${linkButton({ label: t('next'), href: page.url(attachPaths.step(actor.tenant.slug, 'time-zone')), look: 'primary' })}
      ${linkButton({ label: t('again'), href: page.url(attachPaths.step(actor.tenant.slug, 'verification')), icon: 'refresh' })}
      ${linkButton({ label: t('back'), href: page.url(attachPaths.step(actor.tenant.slug, 'connection')) })}
    </div>
    ${cancelForm(model)}`,
  )
}

export type ZoneModel = {
  readonly proposal: ZoneProposal
  readonly newestLocalS: LocalS | null
  readonly chosen: string | null
  readonly nowS: number
}

export function zoneView(model: StepPage, { proposal, newestLocalS, chosen, nowS }: ZoneModel): Html {
  const { page, refused } = model
  const t = wordsOf(page)
  const time = newestLocalS === null ? '' : formatLocalDateTime(newestLocalS, page.language, true)
  const zones = [...new Set([...proposal.fitting, ...allZones])]
  const offsets = offsetsAt(nowS)
  const finding =
    newestLocalS === null
      ? banner({ tone: 'info', body: t('zone.none') })
      : proposal.offsetS === null
        ? banner({ tone: 'warning', body: t('zone.unknown', { time }) })
        : banner({ tone: 'success', body: t('zone.fits', { time, zone: proposal.timeZone ?? '' }) })
  return stepPage(
    model,
    html`${finding}
    ${stepForm(
      model,
      card({
        title: t('step.time-zone'),
        body: html`<div class="stack">
          ${select({
            name: 'timezone',
            label: t('zone.label'),
            hint: t('zone.hint'),
            error: refused.errors.timezone,
            value: refused.values.timezone ?? chosen ?? proposal.timeZone ?? 'America/Bogota',
            options: zones.map((zone) => ({ value: zone, label: `${zone} (${formatLocalTime(nowS + (offsets.get(zone) ?? 0))})` })),
          })}
          ${stepActions(model, t('next'))}</div>`,
      }),
    )}${cancelForm(model)}`,
  )
}

type FoundLine = {
  readonly lineId: number
  readonly lineName: string
  /** Found by name. */
  readonly byName: string | null
  readonly chosen: string | null
}
type Found = TableEnds & {
  readonly areas: number
  readonly products: number
  readonly shifts: number
  readonly lines: readonly FoundLine[]
  readonly tables: readonly string[]
  readonly nowLocalS: LocalS
}

export function foundView(model: StepPage, found: Found): Html {
  const { page, refused } = model
  const { language } = page
  const t = wordsOf(page)
  const { firstLocalS, lastLocalS, nowLocalS } = found
  const date = (localS: LocalS): string => formatLocalDate(localS, language)
  const days = firstLocalS === null || lastLocalS === null ? 0 : Math.max(1, Math.round((lastLocalS - firstLocalS) / dayS))
  const history =
    firstLocalS === null || lastLocalS === null
      ? t('found.history.none')
      : days === 1
        ? t('found.history.one', { from: date(firstLocalS) })
        : t('found.history.value', { days: formatNumber(days, language), from: date(firstLocalS), to: date(lastLocalS) })
  const age = lastLocalS === null ? 0 : nowLocalS - lastLocalS
  const facts: readonly (readonly [string, string])[] = [
    [t('found.lines'), formatNumber(found.lines.length, language)],
    [t('found.areas'), formatNumber(found.areas, language)],
    [t('found.products'), formatNumber(found.products, language)],
    [t('found.shifts'), formatNumber(found.shifts, language)],
    [t('found.history'), history],
    ...(lastLocalS === null
      ? []
      : [[t('found.clock'), t(age < 0 ? 'found.clock.ahead' : 'found.clock.behind', { age: formatDurationS(Math.abs(age)) })] as const]),
  ]
  const choice = ({ lineId, lineName, byName, chosen }: FoundLine): Html =>
    select({
      name: `table_${lineId}`,
      label: t('found.table', { line: lineName }),
      error: refused.errors[`table_${lineId}`],
      value: refused.values[`table_${lineId}`] ?? chosen ?? '',
      options: [
        { value: '', label: byName === null ? t('found.table.none') : t('found.table.auto', { table: byName }) },
        ...found.tables.filter((name) => name !== byName).map((name) => ({ value: name, label: name })),
      ],
    })
  return stepPage(
    model,
    html`
    ${card({ title: t('step.found'), body: html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>` })}
    ${stepForm(
      model,
      card({
        title: t('found.tables'),
        subtitle: t('found.tables.hint'),
        body: html`<div class="stack">${found.lines.length === 0 ? banner({ tone: 'warning', body: t('found.noLines') }) : html`<div class="form-grid">${found.lines.map(choice)}</div>`}${stepActions(model, t('next'))}</div>`,
      }),
    )}${cancelForm(model)}`,
  )
}

export function speedView(model: StepPage, { lines, proposed }: Speed): Html {
  const { page, refused } = model
  const { language } = page
  const t = wordsOf(page)
  const cell = (unit: PerformanceUnit, ratio: number | null): Html | string =>
    unit === 'percent'
      ? t('speed.none')
      : ratio === null
        ? t('speed.unknown')
        : html`<span class="${isPlausible(ratio) ? '' : 'muted'}">${formatNumber(ratio * 100, language, 1)} %</span>`
  return stepPage(
    model,
    html`${stepForm(
      model,
      card({
        title: t('step.speed'),
        subtitle: t('speed.hint'),
        body: html`<div class="stack">
          ${table({
            id: 'speeds',
            caption: t('step.speed'),
            language,
            isStacked: true,
            columns: [
              { key: 'line', label: t('speed.line'), isSortable: false },
              { key: 'stored', label: t('speed.stored'), align: 'end', isSortable: false },
              ...performanceUnits.map((unit) => ({ key: unit, label: t(`unit.${unit}`), align: 'end' as const, isSortable: false })),
            ],
            rows: lines.map((line) => ({
              key: String(line.lineId),
              cells: [
                { content: line.lineName },
                { content: formatNumber(line.stored, language, Number.isInteger(line.stored) ? 0 : 2) },
                ...performanceUnits.map((unit) => ({ content: cell(unit, line.implied[unit]) })),
              ],
            })),
          })}
          ${select({ name: 'performance_unit', label: t('speed.label'), value: refused.values.performance_unit ?? proposed, error: refused.errors.performance_unit, options: performanceUnits.map((unit) => ({ value: unit, label: t(`unit.${unit}`) })) })}
          ${stepActions(model, t('finish'))}</div>`,
      }),
    )}${cancelForm(model)}`,
  )
}
