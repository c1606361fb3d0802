/** A small S3 that checks every signature itself (AWS Signature Version 4, header and query form): what it stores was signed rightly. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export type TestS3 = {
  readonly endpoint: string
  readonly bucket: string
  readonly objects: ReadonlyMap<string, { readonly bytes: Buffer; readonly mime: string }>
  /** One line per request: what was asked and what came of it. */
  readonly log: readonly string[]
  readonly forget: (key: string) => void
}

const account = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret-of-s3' }
export const s3Account = account
const bucket = 'andon'
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

type Signed = {
  readonly credential: string
  readonly names: readonly string[]
  readonly signature: string
  readonly date: string
  readonly bodyHash: string
  readonly query: URLSearchParams
}

function signedOf(request: IncomingMessage, url: URL): Signed | null {
  const query = new URLSearchParams(url.searchParams)
  const signature = query.get('X-Amz-Signature')
  if (signature !== null) {
    query.delete('X-Amz-Signature')
    const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';')
    return {
      credential: query.get('X-Amz-Credential') ?? '',
      names,
      signature,
      date: query.get('X-Amz-Date') ?? '',
      bodyHash: 'UNSIGNED-PAYLOAD',
      query,
    }
  }
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  )
  if (!parts) return null
  return {
    credential: parts[1] ?? '',
    names: (parts[2] ?? '').split(';'),
    signature: parts[3] ?? '',
    date: String(request.headers['x-amz-date']),
    bodyHash: String(request.headers['x-amz-content-sha256']),
    query,
  }
}

/** Null when the request is rightly signed, else why not. */
function faultOf(request: IncomingMessage, url: URL, body: Buffer): string | null {
  const signed = signedOf(request, url)
  if (!signed) return 'not signed'
  const { credential, names, signature, date, bodyHash, query } = signed
  const [keyId, day = '', region = '', service = ''] = credential.split('/')
  if (keyId !== account.accessKeyId) return 'unknown key'
  const lifeS = Number(query.get('X-Amz-Expires') ?? 900)
  const atMs = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - atMs) < lifeS * 1000)) return 'expired'
  if (!names.includes('host')) return 'host is not signed'
  if (bodyHash !== 'UNSIGNED-PAYLOAD' && bodyHash !== sha256(body)) return 'the body is not what was signed'
  const canonicalQuery = [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const headers = names
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    )
    .join('')
  const canonical = [request.method, url.pathname, canonicalQuery, headers, names.join(';'), bodyHash].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const key = hmac(hmac(hmac(hmac(`AWS4${account.secretAccessKey}`, day), region), service), 'aws4_request')
  const expected = hmac(key, text)
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : 'wrong signature'
}

export async function startS3(t: TestContext): Promise<TestS3> {
  const objects = new Map<string, { bytes: Buffer; mime: string }>()
  const log: string[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const fault = faultOf(request, url, body)
    const key = decodeURIComponent(url.pathname).replace(`/${bucket}/`, '')
    log.push(`${request.method} ${key} ${fault ?? 'ok'} ${String(request.headers['x-amz-content-sha256'] ?? 'query').slice(0, 16)}`)
    const xml = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<Error><Code>${code}</Code><Message>${fault ?? code}</Message></Error>`)
    if (fault !== null) return xml(403, 'SignatureDoesNotMatch')
    // Stores other than Amazon's do not know these.
    if (request.headers['x-amz-trailer'] || String(request.headers['content-encoding']).includes('aws-chunked'))
      return xml(501, 'NotImplemented')
    const found = objects.get(key)
    switch (request.method) {
      case 'PUT':
        objects.set(key, { bytes: body, mime: request.headers['content-type'] ?? '' })
        return response.writeHead(200, { etag: `"${sha256(body).slice(0, 32)}"` }).end()
      case 'GET': {
        if (!found) return xml(404, 'NoSuchKey')
        const mime = url.searchParams.get('response-content-type') ?? found.mime
        const disposition = url.searchParams.get('response-content-disposition')
        return response
          .writeHead(200, { 'content-type': mime, ...(disposition && { 'content-disposition': disposition }) })
          .end(found.bytes)
      }
      case 'DELETE':
        objects.delete(key)
        return response.writeHead(204).end()
      default:
        return xml(405, 'MethodNotAllowed')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket,
    objects,
    log,
    forget: (key) => objects.delete(key),
  }
}
