/** Browser assets: one script (with the charts as a chunk loaded when a chart is on the page), one stylesheet, the font.
 *  Names carry a hash of the content, `dist/manifest.json` maps plain names to them; skipped while the inputs are unchanged. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const stylesheet = join(root, 'src/platform/ui/styles/app.css')
const fonts = {
  'inter-latin.woff2': 'inter-latin-opsz-normal.woff2',
  'inter-latin-ext.woff2': 'inter-latin-ext-opsz-normal.woff2',
} as const

/** Plain name to hashed file name, both flat inside `dist/`. */
export type Manifest = Readonly<Record<string, string>>
type Stored = { readonly inputs: string; readonly files: Manifest }

const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 10)

/** Everything that can change the result: sources, this script, the versions of the libraries. */
async function inputFiles(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const sources = entries
    .filter((e) => e.isFile() && /\.(ts|css|svg)$/.test(e.name) && !e.name.endsWith('.test.ts'))
    .map((e) => join(e.parentPath, e.name))
  return [...sources, join(root, 'scripts/build.ts'), join(root, 'package-lock.json')].sort()
}

/** Size and time of each input, not content: a warm start must not read the tree. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map(async (file) => ({ file, info: await stat(file) })))
  return hash(stats.map(({ file, info }) => `${relative(root, file)} ${info.size} ${info.mtimeMs}`).join('\n'))
}

async function readStored(): Promise<Stored | null> {
  try {
    return JSON.parse(await readFile(join(dist, 'build.json'), 'utf8')) as Stored
  } catch {
    return null
  }
}

/** True when `dist/` already holds the build of the current sources. */
export async function isFresh(): Promise<boolean> {
  const stored = await readStored()
  return stored !== null && stored.inputs === (await fingerprint(await inputFiles()))
}

async function bundleScript(): Promise<{ name: string; data: Uint8Array }[]> {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: { app: join(root, 'src/browser/app.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2023',
    minify: true,
    write: false,
    outdir: dist,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  })
  return result.outputFiles.map((file) => ({ name: basename(file.path), data: file.contents }))
}

/** The charts for documents: one file that the server loads in a thread, so no chunks. */
async function bundleServerCharts(): Promise<Uint8Array> {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [join(root, 'src/browser/charts/svg.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    write: false,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  })
  return result.outputFiles[0]?.contents ?? new Uint8Array()
}

async function buildStyles(files: Manifest, sources: readonly string[]): Promise<string> {
  const [{ compile, optimize }, { Scanner }] = await Promise.all([import('@tailwindcss/node'), import('@tailwindcss/oxide')])
  const css = (await readFile(stylesheet, 'utf8')).replace(
    /url\(['"]([\w-]+\.woff2)['"]\)/g,
    (_, name: string) => `url('./${files[name] ?? name}')`,
  )
  const compiler = await compile(css, { base: join(stylesheet, '..'), onDependency: () => {} })
  const views = await Promise.all(
    sources
      .filter((f) => /\/(ui|views|pages|browser)\/|page|views?\.ts$/.test(f) && f.endsWith('.ts'))
      .map(async (file) => ({ content: await readFile(file, 'utf8'), extension: 'ts' })),
  )
  return optimize(compiler.build(new Scanner({}).scanFiles(views)), { minify: true }).code
}

/** Builds what is out of date; concurrent readers always see a whole manifest because it is renamed into place last. */
export async function buildAssets({ isForced = false }: { isForced?: boolean } = {}): Promise<{ builtMs: number; wasFresh: boolean }> {
  const startedMs = performance.now()
  const sources = await inputFiles()
  const inputs = await fingerprint(sources)
  const stored = await readStored()
  if (!isForced && stored?.inputs === inputs) return { builtMs: 0, wasFresh: true }
  await mkdir(dist, { recursive: true })
  const files: Record<string, string> = {}
  const put = async (name: string, data: string | Uint8Array) => {
    const dot = name.lastIndexOf('.')
    files[name] = `${name.slice(0, dot)}-${hash(data)}${name.slice(dot)}`
    await writeFile(join(dist, files[name]), data)
  }
  for (const [name, file] of Object.entries(fonts))
    await put(name, await readFile(join(root, 'node_modules/@fontsource-variable/inter/files', file)))
  await put('favicon.svg', await readFile(join(root, 'src/platform/ui/styles/favicon.svg')))
  // placed by the editor's page alone: one library's rules are nobody else's weight
  await put('gridstack.css', await readFile(join(root, 'node_modules/gridstack/dist/gridstack.min.css')))
  const [scripts, css, chartSvg] = await Promise.all([bundleScript(), buildStyles(files, sources), bundleServerCharts()])
  await put('app.css', css)
  await put('chart-svg.js', chartSvg)
  for (const { name, data } of scripts) {
    await writeFile(join(dist, name), data)
    if (/^app-/.test(name)) files['app.js'] = name
    else files[name] = name
  }
  await removeStale(new Set(Object.values(files)))
  await replaceFile('manifest.json', JSON.stringify(files, null, 2))
  await replaceFile('build.json', JSON.stringify({ inputs, files } satisfies Stored))
  return { builtMs: Math.round(performance.now() - startedMs), wasFresh: false }
}

async function replaceFile(name: string, text: string): Promise<void> {
  const temporary = join(dist, `.${name}.${process.pid}`)
  await writeFile(temporary, text)
  await rename(temporary, join(dist, name))
}

/** Keeps files younger than an hour: a page served before the build may still ask for them. */
async function removeStale(current: ReadonlySet<string>): Promise<void> {
  const oldestMs = Date.now() - 3_600_000
  for (const name of await readdir(dist)) {
    if (current.has(name) || name.endsWith('.json')) continue
    const path = join(dist, name)
    if ((await stat(path)).mtimeMs < oldestMs) await rm(path, { force: true })
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { builtMs, wasFresh } = await buildAssets({ isForced: process.argv.includes('--force') })
  process.stdout.write(wasFresh ? 'Browser assets are up to date\n' : `Browser assets built in ${builtMs} ms\n`)
}
