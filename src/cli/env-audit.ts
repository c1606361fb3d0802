/** `andon env-audit`: what of this installation should be otherwise. Exit code 1 when something should. `andon version`: which one it is. */
import { appOf } from '../context.ts'
import { runEnvAudit } from '../identity/index.ts'
import { migrations } from '../migrations/index.ts'
import { readConfig } from '../platform/config/index.ts'
import { migrationStatus } from '../platform/db/index.ts'
import type { CliCommand } from './cli.ts'

export const envAuditCommand: CliCommand = (program, cli) => {
  program
    .command('env-audit')
    .description('Say what of this installation should be otherwise before people rely on it; exit code 1 when something should')
    .option('--json', 'one JSON document')
    .action(({ json = false }: { json?: boolean }) =>
      cli.withContext(async (ctx) => {
        const { pending } = await migrationStatus(ctx.db, migrations)
        const { isOk, issues, information } = await runEnvAudit(ctx, pending.length)
        const shown = (findings: typeof issues) => findings.map(({ code, message }) => ({ code, message: message.en }))
        process.exitCode = isOk ? 0 : 1
        if (json) return cli.printJson({ ok: isOk, issues: shown(issues), information: shown(information) })
        for (const { code, message } of issues) cli.print(`issue  ${code}: ${message.en}`)
        for (const { code, message } of information) cli.print(`info   ${code}: ${message.en}`)
        if (isOk) cli.print('No issues')
      }),
    )
}

export const versionCommand: CliCommand = (program, cli) => {
  program
    .command('version')
    .description('Which version this is')
    .option('--json', 'one JSON document')
    .action(({ json = false }: { json?: boolean }) => {
      // opens nothing: also before there is a database, and for an account that may not open it
      const { version, commit, environment } = appOf(readConfig(cli.env))
      if (json) cli.printJson({ version, commit: commit || null, env: environment, node: process.versions.node })
      else cli.print(`andon ${version}${commit ? ` (${commit})` : ''}, ${environment}, Node ${process.versions.node}`)
    })
}
