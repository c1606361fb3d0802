/** Refusals as people see them: a page that says what happened and where to go on, or a piece of one. */
import type { FastifyRequest } from 'fastify'
import type { ErrorViews, ShownProblem } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { centeredPage, errorBody, errorState, type Html, html, linkButton, type PageContext } from '../../platform/ui/index.ts'
import { pageOf } from '../access/index.ts'
import { identityMessages } from '../messages.ts'
import { identityPaths } from '../paths.ts'

export const errorViews: ErrorViews = {
  page: (problem, request) => {
    const page = pageOf(request)
    const { status, title, detail, requestId } = problem
    return centeredPage({
      page,
      title,
      body: html`${errorBody({ status, title, detail, requestId, action: wayOn(problem, request, page) })}${faults(problem)}`,
    })
  },
  fragment: (problem) =>
    html`${errorState({ title: problem.title, detail: problem.detail, requestId: problem.requestId })}${faults(problem)}${problem.code === 'csrf_failed' ? html`<span hidden data-csrf-failed></span>` : ''}`,
}

const hasPage = ({ routeOptions, server }: FastifyRequest): boolean =>
  server.shell.routes.some(({ method, url }) => method === 'GET' && url === routeOptions.url)

function wayOn({ status, code }: ShownProblem, request: FastifyRequest, page: PageContext): Html {
  const { method, url } = request
  const t = translator(identityMessages, page.language)
  const toLogin = `${page.url(identityPaths.login())}?${new URLSearchParams({ next: method === 'GET' ? url : '/' })}`
  if (status === 401) return linkButton({ label: t('error.sign_in'), href: toLogin, look: 'primary' })
  const isWorthAnotherTry = status === 429 || status >= 500
  if (isWorthAnotherTry && method === 'GET') return linkButton({ label: t('error.reload'), href: page.url(url), look: 'primary' })
  // A form that was sent too often: its page has the same address.
  if (status === 429 && hasPage(request)) return linkButton({ label: t('error.back'), href: page.url(request.url), look: 'primary' })
  if (code === 'csrf_failed' && page.user === null) return linkButton({ label: t('error.sign_in'), href: toLogin, look: 'primary' })
  return linkButton({ label: t('error.home'), href: page.url(identityPaths.home()), look: 'primary' })
}

const faults = ({ fields }: ShownProblem): Html =>
  fields.length === 0 ? html`` : html`<ul>${fields.map(({ path, message }) => html`<li><strong>${path}</strong>: ${message}</li>`)}</ul>`
