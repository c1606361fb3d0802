/** The browser build: files with their content's hash in the name, so they may be kept for ever. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

export type Assets = { readonly urlOf: (name: string) => string }

/** `dist/manifest.json` maps `app.js` to `app-1a2b3c4d.js`. Without a build, names stay as they are and answer 404. */
export function readAssets(distDir: string, basePath: string): Assets {
  const file = path.join(distDir, 'manifest.json')
  const manifest: Readonly<Record<string, string>> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return { urlOf: (name) => `${basePath}/assets/${manifest[name] ?? name}` }
}

const oneYearS = 31_536_000

export async function serveAssets(app: FastifyInstance, distDir: string): Promise<void> {
  if (!existsSync(distDir)) return
  await app.register(fastifyStatic, {
    root: distDir,
    prefix: '/assets/',
    maxAge: oneYearS * 1000,
    immutable: true,
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
  })
}
