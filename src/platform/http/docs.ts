/** The API's description, and a viewer of it served from here: no CDN. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { html } from '../ui/html.ts'
import { openApiDocument } from './openapi.ts'
import { SharedReply } from './reply.ts'
import { answer, htmlReply, rawReply, route } from './route.ts'

// The viewer writes inline styles; scripts stay ours. It is no page of the application and runs without its nonce.
const viewerPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

const viewerDir = path.join(path.dirname(fileURLToPath(import.meta.resolve('@fastify/swagger-ui'))), 'static')
const viewerFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const

export async function registerDocs(app: FastifyInstance): Promise<void> {
  const { basePath, app: info, routes } = app.shell
  let document: SharedReply | undefined
  route(app, {
    method: 'GET',
    url: '/openapi.json',
    access: 'public',
    summary: 'OpenAPI 3.1 description of this API',
    tags: ['system'],
    rate: false,
    reply: { 200: Type.Unknown() },
    handler: () => {
      document ??= new SharedReply(openApiDocument(routes, { ...info, basePath }))
      return answer(200, document)
    },
  })
  route(app, {
    method: 'GET',
    url: ['/docs', '/redoc', '/api/docs', '/api/redoc'],
    access: 'public',
    summary: 'API documentation',
    tags: ['system'],
    rate: false,
    reply: { 200: htmlReply },
    handler: ({ reply }) => {
      reply.header('content-security-policy', viewerPolicy)
      return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${info.name} API</title>
<link rel="icon" href="${basePath}/docs-viewer/favicon-32x32.png"><link rel="stylesheet" href="${basePath}/docs-viewer/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="${basePath}/docs-viewer/swagger-ui-bundle.js"></script><script src="${basePath}/docs-viewer.js"></script></body>
</html>`
    },
  })
  route(app, {
    method: 'GET',
    url: '/docs-viewer.js',
    access: 'public',
    summary: 'Starts the documentation viewer',
    tags: ['system'],
    rate: false,
    reply: { 200: rawReply('text/javascript') },
    handler: ({ reply }) =>
      reply
        .type('text/javascript; charset=utf-8')
        .send(
          `SwaggerUIBundle(${JSON.stringify({ url: `${basePath}/openapi.json`, dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })})\n`,
        ),
  })
  await app.register(fastifyStatic, {
    root: viewerDir,
    prefix: '/docs-viewer/',
    decorateReply: false,
    index: false,
    maxAge: 86_400_000,
    allowedPath: (name) => viewerFiles.some((file) => name === `/${file}`),
  })
}
