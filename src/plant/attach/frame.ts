/** The frame of every step: where one is, what went wrong, the way back. */
import type { TenantActor } from '../../identity/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { banner, button, csrf, type Html, html, icon, type PageContext, pageHead, shell } from '../../platform/ui/index.ts'
import { plantNavigation } from '../navigation.ts'
import { attachMessages } from './messages.ts'
import { attachPaths, type Step, steps } from './paths.ts'

export const wordsOf = (page: Pick<PageContext, 'language'>) => translator(attachMessages, page.language)

export type Refused = {
  readonly values: Readonly<Record<string, string>>
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
}
export const nothingRefused: Refused = { values: {}, errors: {}, refusal: null }

export type StepPage = {
  readonly page: PageContext
  readonly actor: Pick<TenantActor, 'permissions' | 'tenant'>
  readonly step: Step
  /** Steps that can be gone to. */
  readonly open: readonly Step[]
  readonly refused: Refused
}

export function stepPage({ page, actor, step, open, refused }: StepPage, body: Html): Html {
  const t = wordsOf(page)
  const { slug } = actor.tenant
  const at = steps.indexOf(step)
  const items = steps.map((one, index) => {
    const label = t(`step.${one}`)
    const mark =
      index < at
        ? html`${icon('check_circle', 16)}<span class="sr-only">${t('done')}: </span>`
        : html`<span aria-hidden="true">${index + 1}</span>`
    return open.includes(one) && one !== step
      ? html`<li class="steps__step"><a class="link" href="${page.url(attachPaths.step(slug, one))}">${mark} ${label}</a></li>`
      : html`<li class="steps__step ${one === step ? 'steps__step--current' : ''}"${one === step ? html` aria-current="step"` : ''}>${mark} ${label}</li>`
  })
  return shell({
    page,
    title: `${t(`step.${step}`)} · ${t('title')}`,
    nav: plantNavigation(page, slug, actor, 'plant'),
    body: html`
      ${pageHead({ title: t('title'), subtitle: t('subtitle') })}
      <nav aria-label="${t('steps')}"><p class="steps__where">${t('step', { n: at + 1, count: steps.length })}: ${t(`step.${step}`)}</p><ol class="steps">${items}</ol></nav>
      <div class="stack">
        ${refused.refusal ? banner({ tone: 'danger', title: t('refused'), body: refused.refusal }) : ''}
        ${body}
      </div>`,
  })
}

/** Back and on; `submit` is the label of the button of the form around it. */
export const stepActions = ({ page, actor, step }: StepPage, submit: string): Html => {
  const t = wordsOf(page)
  const previous = steps[steps.indexOf(step) - 1]
  return html`<div class="cluster">
    ${button({ label: submit, look: 'primary' })}
    ${previous ? html`<a class="btn btn--secondary" href="${page.url(attachPaths.step(actor.tenant.slug, previous))}"><span>${t('back')}</span></a>` : ''}
  </div>`
}

export const cancelForm = ({ page, actor }: StepPage): Html => {
  const t = wordsOf(page)
  return html`<form method="post" action="${page.url(attachPaths.cancel(actor.tenant.slug))}">${csrf(page)}
    <div class="cluster">${button({ label: t('cancel'), look: 'quiet' })}<span class="muted small">${t('cancel.hint')}</span></div></form>`
}

/** To the step's own address. */
export const stepForm = (model: StepPage, body: Html): Html =>
  html`<form class="stack" method="post" action="${model.page.url(attachPaths.step(model.actor.tenant.slug, model.step))}" data-busy="${wordsOf(model.page)('busy')}">${csrf(model.page)}${body}</form>`
