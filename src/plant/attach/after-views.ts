/** The steps after a plant is attached: the first dashboard, and how far its history is loaded. */
import { banner, card, emptyState, type Html, html, hx, linkButton } from '../../platform/ui/index.ts'
import { plantPaths } from '../navigation.ts'
import { firstDashboards } from './first-dashboard.ts'
import { type StepPage, stepForm, stepPage, wordsOf } from './frame.ts'
import { attachPaths } from './paths.ts'

export function dashboardView(model: StepPage): Html {
  const t = wordsOf(model.page)
  return stepPage(
    model,
    stepForm(
      model,
      card({
        title: t('step.dashboard'),
        subtitle: t('dashboard.hint'),
        body: html`<fieldset class="stack"><legend class="sr-only">${t('dashboard.label')}</legend>
          ${firstDashboards.map(
            (one, index) =>
              html`<label class="check check--card"><input type="radio" name="dashboard" value="${one}"${index === 0 ? html` checked` : ''}><span class="check__text"><strong>${t(`dashboard.${one}`)}</strong><span class="cell-sub">${t(`dashboard.${one}.detail`)}</span></span></label>`,
          )}
          <div class="cluster"><button class="btn btn--primary" type="submit"><span>${t('dashboard.choose')}</span></button></div></fieldset>`,
      }),
    ),
  )
}

export type LoadingModel = {
  readonly lines: readonly { readonly lineName: string; readonly fraction: number }[]
  readonly isAnswering: boolean
}

/** Asks for itself until all is loaded. */
export function loadingPart({ page, actor }: Pick<StepPage, 'page' | 'actor'>, { lines, isAnswering }: LoadingModel): Html {
  const t = wordsOf(page)
  const isDone = isAnswering && lines.every(({ fraction }) => fraction >= 1)
  const again = isDone
    ? ''
    : hx(page, { get: page.url(attachPaths.step(actor.tenant.slug, 'loading')), trigger: 'every 3s', swap: 'outerHTML' })
  const words = !isAnswering ? t('loading.waiting') : lines.length === 0 ? t('loading.none') : t(isDone ? 'loading.done' : 'loading.going')
  return html`<div class="stack" id="attach-loading"${again}>
    ${banner({ tone: isDone ? 'success' : 'info', body: words })}
    <ul class="stack">${lines.map(({ lineName, fraction }) => {
      const percent = Math.floor(fraction * 100)
      return html`<li><span>${t('loading.line', { line: lineName, percent })}</span> <progress class="load-bar" max="100" value="${percent}" aria-label="${lineName}">${percent} %</progress></li>`
    })}</ul></div>`
}

export function loadingView(model: StepPage, loading: LoadingModel): Html {
  const { page, actor } = model
  const t = wordsOf(page)
  const { slug } = actor.tenant
  return stepPage(
    model,
    html`${card({ title: t('step.loading'), body: loadingPart(model, loading) })}
    <div class="cluster">
      ${linkButton({ label: t('loading.open'), href: page.url(plantPaths.dashboard(slug)), look: 'primary', icon: 'dashboard' })}
      ${linkButton({ label: t('loading.refresh'), href: page.url(attachPaths.step(slug, 'loading')), icon: 'refresh' })}
      ${linkButton({ label: t('loading.verify'), href: page.url(`${plantPaths.system(slug)}/verification`), icon: 'verified' })}
    </div>`,
  )
}

export function nothingToDo(model: StepPage, situation: 'attached' | 'sealed'): Html {
  const { page, actor } = model
  const t = wordsOf(page)
  return stepPage(
    model,
    card({
      body: emptyState({
        title: t('attached.title'),
        detail: t(situation === 'sealed' ? 'sealed.detail' : 'attached.detail'),
        icon: 'database',
        action: linkButton({
          label: t('attached.open'),
          href: page.url(plantPaths.dashboard(actor.tenant.slug)),
          look: 'primary',
          icon: 'dashboard',
        }),
      }),
    }),
  )
}
