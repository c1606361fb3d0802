/** The token that unsafe requests of a page carry. Signing in again in another tab ends it: then a new one is asked for, once, and the request repeated,
 *  so that nothing typed is lost. */

/** False: nobody answered. What is on the page sends the new one from now on. */
export async function renewCsrf(): Promise<boolean> {
  try {
    const response = await fetch(`${document.body.dataset.base ?? '/'}api/v1/auth/csrf`, { headers: { accept: 'application/json' } })
    if (!response.ok) return false
    const { csrf_token: token } = (await response.json()) as { readonly csrf_token: string }
    document.body.dataset.csrf = token
    for (const field of document.querySelectorAll<HTMLInputElement>('input[name=csrf_token]')) field.value = token
    return true
  } catch {
    return false
  }
}

type Sent = RequestInit & { readonly headers: Record<string, string>; readonly body?: FormData | URLSearchParams | null }

/** In place of `fetch`, for an htmx request that changes something. A form brings its own token, which may be newer than the page's. */
export async function sendUnsafe(url: string, request: Sent): Promise<Response> {
  const { body, headers } = request
  const isInForm = body?.has('csrf_token') ?? false
  const addToken = (): void => {
    const { csrf } = document.body.dataset
    if (csrf && !isInForm) headers['X-CSRF-Token'] = csrf
  }
  addToken()
  const response = await fetch(url, request)
  if (response.status !== 403 || !(await response.clone().text()).includes('data-csrf-failed') || !(await renewCsrf())) return response
  if (isInForm) body?.set('csrf_token', document.body.dataset.csrf ?? '')
  addToken()
  return fetch(url, request)
}
