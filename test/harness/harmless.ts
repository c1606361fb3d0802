/** A request of any route that changes nothing: it names what is not there, or sends a body that no route takes. Access and limits are
 *  decided before either is looked at. */
import type { RegisteredRoute } from '../../src/platform/http/index.ts'
import type { Client } from './client.ts'

const notHere = 'nobody-of-that-name'
/** Path with what is not there; the company of a page is one's own, or access would not be asked at all. */
const harmlessPath = (url: string, slug: string): string =>
  url
    .replace('/t/:company', `/t/${slug}`)
    .replace(/:(\w*(?:id|file))\b/g, '999999999')
    .replace(/:\w+/g, notHere)
    .replace('*', 'x')

/** Its answer, and the code of a refusal. `slug` is a company of the client's. */
export async function sendHarmless(
  client: Client,
  route: RegisteredRoute,
  slug: string,
): Promise<{ readonly status: number; readonly code: string | null; readonly headers: Headers }> {
  const body: HarmlessBody = route.method === 'GET' ? {} : harmlessBody(route)
  const answer = await client.fetch(harmlessPath(route.url, slug), {
    method: route.method,
    ...body,
    headers: { accept: 'application/json', ...body.headers },
  })
  const isProblem = (answer.headers.get('content-type') ?? '').includes('json')
  if (!isProblem) {
    await answer.body?.cancel() // a stream of events never ends by itself
    return { status: answer.status, code: null, headers: answer.headers }
  }
  const { code = null } = (await answer.json()) as { code?: string | null }
  return { status: answer.status, code, headers: answer.headers }
}

type HarmlessBody = { readonly body?: string | FormData; readonly headers?: Record<string, string> }

function harmlessBody({ upload }: RegisteredRoute): HarmlessBody {
  if (upload) return { body: new FormData() }
  return { body: '[]', headers: { 'content-type': 'application/json' } }
}
