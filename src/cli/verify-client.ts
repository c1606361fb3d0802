/** `andon verify-client`: will the dashboard work on this company's plant? One line per check. */
import type { Context } from '../context.ts'
import { findTenant, type Tenant } from '../identity/index.ts'
import { type Check, exitCode, verifyTenant, worst } from '../plant/system/index.ts'
import type { Cli, CliCommand } from './cli.ts'

export type VerifyOptions = { readonly json?: boolean; readonly language?: string }

const marks = { ok: 'OK   ', warn: 'WARN ', error: 'ERROR' } as const

export const verifyClientCommand: CliCommand = (program, cli) => {
  program
    .command('verify-client')
    .description('Verify a company’s plant database; exit code 0 ok, 1 warnings, 2 errors')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--json', 'report as JSON')
    .option('--language <language>', 'es or en', 'en')
    .action((ref: string, options: VerifyOptions) =>
      cli.withContext(async (ctx) => {
        const tenant = (await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`, 2)
        await verifyClient(cli, ctx, tenant, options)
      }),
    )
}

/** Tells each check and leaves the exit code: 0 ok, 1 warnings, 2 errors. */
export async function verifyClient(
  cli: Cli,
  ctx: Context,
  tenant: Pick<Tenant, 'tenantId' | 'name'>,
  options: VerifyOptions,
): Promise<void> {
  const checks = await verifyTenant(ctx, tenant.tenantId)
  const language = options.language === 'es' ? 'es' : 'en'
  if (options.json)
    cli.printJson({
      tenant_id: tenant.tenantId,
      company: tenant.name,
      status: worst(checks),
      checks: checks.map((check) => toldIn(check, language)),
    })
  else for (const check of checks) cli.print(lineOf(check, language))
  process.exitCode = exitCode(checks)
}

const toldIn = (check: Check, language: 'es' | 'en') => ({
  id: check.id,
  status: check.status,
  title: check.title[language],
  finding: check.finding[language],
  advice: check.advice?.[language] ?? null,
  counts: check.counts,
})

function lineOf(check: Check, language: 'es' | 'en'): string {
  const counts = Object.entries(check.counts)
    .map(([name, count]) => `${name}=${count}`)
    .join(' ')
  return [
    `${marks[check.status]} ${check.id}: ${check.finding[language]}`,
    check.advice?.[language] ?? '',
    counts === '' ? '' : `[${counts}]`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
