/** One entry for everything: `node src/main.ts start | serve | worker | <command>`. */
import { enableCompileCache } from 'node:module'
import path from 'node:path'

// Before anything else is loaded: compiled code is kept between starts.
enableCompileCache(path.join(import.meta.dirname, '../.runtime/compile-cache'))

const { runCli } = await import('./cli/index.ts')
process.exitCode = await runCli(process.argv.slice(2), process.env)
// A stray handle of a driver must not keep a finished process.
process.exit()
