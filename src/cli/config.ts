/** `andon config export|import`: a company's configuration as a file. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Context } from '../context.ts'
import { findTenant, recordAudit, type Tenant, type TenantActor } from '../identity/index.ts'
import { exportFile, importFile, parseFile, previewFile } from '../plant/configuration-file/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Export = { readonly out?: string }
type Import = { readonly as?: string; readonly dryRun?: boolean; readonly json?: boolean }

export const configCommand: CliCommand = (program, cli) => {
  const config = program.command('config').description("A company's configuration as a file")
  config
    .command('export')
    .argument('<company>', 'slug, UUID or number')
    .description('Settings, lines, areas, products, shifts, filters, reasons and layouts as JSON; no secrets, no people')
    .option('--out <file>', 'instead of stdout')
    .action((ref: string, { out }: Export) =>
      onTenant(cli, ref, async (ctx, tenant) => {
        const file = await exportFile(ctx, { tenant })
        const entity = { tenantId: tenant.tenantId, entityType: 'configuration_file', entityId: tenant.tenantId }
        await recordAudit(ctx.db, ctx, null, 'ADMIN_CLI', { ...entity, data: { command: 'config export' } })
        if (out === undefined) cli.printJson(file)
        else writeFileSync(out, `${JSON.stringify(file, null, 2)}\n`)
      }),
    )
  config
    .command('import')
    .argument('<company>', 'slug, UUID or number')
    .argument('<file>', 'as exported; - for stdin')
    .description('Shows what the file would change, and applies it whole or not at all')
    .option('--as <username>', 'who of the company stands in the audit log and in the undo')
    .option('--dry-run', 'only show')
    .option('--json', 'the differences as JSON')
    .action((ref: string, path: string, options: Import) =>
      onTenant(cli, ref, async (ctx, tenant) => {
        const file = parseFile(path === '-' ? await cli.readStdin() : readFileSync(path, 'utf8'))
        const actor = await memberOf(cli, ctx, tenant, options.as)
        const person = { actor, origin: { ip: null, userAgent: 'andon config import', requestId: null } }
        const { changes, base } = await previewFile(ctx, person, file)
        if (options.json) cli.printJson({ changes })
        else
          for (const { kind, section, name, fields } of changes)
            cli.print(`${kind} ${section} ${name}: ${fields.map(({ field }) => field).join(', ')}`)
        if (options.dryRun) return cli.note(`${changes.length} differences; nothing was written`)
        if (changes.length > 0) await importFile(ctx, person, file, base)
        cli.note(`${changes.length} differences applied`)
      }),
    )
}

const onTenant = (cli: Cli, ref: string, work: (ctx: Context, tenant: Tenant) => Promise<void>): Promise<void> =>
  cli.withContext(async (ctx) => {
    const tenant = (await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`)
    try {
      await work(ctx, tenant)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const faults = (error.options.fields ?? []).map(({ path, message }) => `${path}: ${message.en}`)
      cli.fail(faults.length > 0 ? `Refused, nothing was written: ${faults.join('; ')}` : error.detail('en'))
    }
  })

/** The machine's own people may do everything; a name of the company is asked for, since its people see who changed what. */
async function memberOf(cli: Cli, { db }: Context, tenant: Tenant, username: string | undefined): Promise<TenantActor> {
  if (username === undefined) return cli.fail('Name who of the company does it: --as <username>')
  const member = await db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.username'])
    .where('m.tenant_id', '=', tenant.tenantId)
    .where('u.username', '=', username.trim().toLowerCase())
    .executeTakeFirst()
  if (!member) return cli.fail(`${username} is not of ${tenant.name}`)
  return {
    kind: 'person',
    sessionUuid: '',
    sessionKind: 'api',
    userId: member.id,
    username: member.username,
    isSuperAdmin: false,
    language: 'en',
    tenant,
    role: 'ADMIN',
    roleName: 'ADMIN',
    permissions: new Set(),
    lineIds: null,
  }
}
