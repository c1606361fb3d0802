/** Error pages of a server that was given none: plain, complete, in the reader's language. */
import { defineMessages, translator } from '../i18n/index.ts'
import { html } from '../ui/html.ts'
import { pageBase } from './request.ts'
import type { ErrorViews, ShownProblem } from './shell.ts'

const messages = defineMessages({
  home: { es: 'Ir al inicio', en: 'Go to the start page' },
  request: { es: 'Solicitud {id}', en: 'Request {id}' },
})

const fields = (problem: ShownProblem) =>
  problem.fields.length === 0
    ? null
    : html`<ul>${problem.fields.map((field) => html`<li><strong>${field.path}</strong>: ${field.message}</li>`)}</ul>`

export const plainErrorViews: ErrorViews = {
  page: (problem, request) => {
    const page = pageBase(request)
    const t = translator(messages, page.language)
    return html`<!doctype html>
<html lang="${page.language}" class="${page.theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${problem.status} · ${problem.title}</title>
<link rel="stylesheet" href="${page.asset('app.css')}"></head>
<body><main class="error-page"><h1>${problem.title}</h1><p>${problem.detail}</p>${fields(problem)}<p><a href="${page.url('/')}">${t('home')}</a></p>
<p><small>${t('request', { id: problem.requestId })}</small></p></main></body>
</html>`
  },
  fragment: (problem) =>
    html`<div class="notice notice-error" role="alert"><strong>${problem.title}</strong> <span>${problem.detail}</span>${fields(problem)}</div>`,
}
