/** `andon tenant …`: companies and their plants, from the machine itself. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { createTenantWithAdmin, findTenant, listCompanies, recordAudit, setCompanyActive, type Tenant } from '../identity/index.ts'
import { attachPlant, detachPlant, giveOwnPlant, type PlantState, plantState, rotatePlant } from '../plant/tenants/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { type VerifyOptions, verifyClient } from './verify-client.ts'

type Shared = { readonly json?: boolean }
type Plant = { readonly dbUrl?: string; readonly timeZone?: string; readonly performanceUnit?: string; readonly managePlant?: boolean }
type Create = Shared & Plant & { readonly password?: string; readonly slug?: string }
type Rotate = Shared & { readonly user?: string; readonly password?: string }

/** Whoever is on the machine may name its files. */
const by = { actor: null, mayBeFile: true } as const

export const tenantCommand: CliCommand = (program, cli) => {
  const tenant = program.command('tenant').description('Companies and their plants')
  addCreate(tenant, cli)
  addList(tenant, cli)
  addState(tenant, cli, 'disable', false)
  addState(tenant, cli, 'enable', true)
  addVerify(tenant, cli)
  addPlantCommands(tenant, cli)
}

/** Refusals end the command with their words. */
async function refusing<T>(cli: Cli, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const faults = (error.options.fields ?? []).map(({ path, message }) => `${path}: ${message.en}`)
    return cli.fail(faults.length > 0 ? `Refused, nothing was written: ${faults.join('; ')}` : error.detail('en'))
  }
}

const onTenant = (cli: Cli, ref: string, work: (ctx: Context, tenant: Tenant) => Promise<void>): Promise<void> =>
  cli.withContext(async (ctx) => {
    const tenant = (await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`)
    await refusing(cli, () => work(ctx, tenant))
  })

const noted = (ctx: Context, tenantId: number, command: string): Promise<void> =>
  recordAudit(ctx.db, ctx, null, 'ADMIN_CLI', { tenantId, entityType: 'tenant', entityId: tenantId, data: { command } })

/** A secret of the command line, the environment or stdin, in that order; the first with a warning. */
async function secretOf(cli: Cli, given: string | undefined, name: string, what: string): Promise<string> {
  if (given !== undefined) {
    cli.note(`Warning: ${what} on the command line can be read by other users of this machine; use stdin or ${name}.`)
    return given
  }
  const found = cli.env[name] || (process.stdin.isTTY ? '' : await cli.readStdin())
  return found || cli.fail(`No ${what.replace(/^an? /, '')}: give it on stdin or in ${name}`)
}

function urlOf(cli: Cli, given: string | undefined): string | null {
  if (given && /:\/\/[^/@]*:[^/@]+@/.test(given))
    cli.note('Warning: the password in --db-url can be read by other users of this machine; use ANDON_PLANT_URL.')
  return given ?? (cli.env.ANDON_PLANT_URL || null)
}

const withPlantOptions = (command: Command): Command =>
  command
    .option(
      '--db-url <url>',
      'mysql://user@host/database, postgres://… or sqlite:///file; better in ANDON_PLANT_URL when it holds a password',
    )
    .option('--time-zone <zone>', 'of the plant, IANA (America/Bogota)')
    .option('--performance-unit <unit>', 'of production_line.performance: units_per_minute, units_per_hour or percent')
    .option('--manage-plant', 'Andon may create tables and write metadata in the plant database')
    .option('--json', 'report as JSON')

const attachInput = (url: string, { managePlant, timeZone, performanceUnit }: Plant) => ({
  url,
  canManage: managePlant ?? false,
  timeZone: timeZone ?? null,
  performanceUnit: performanceUnit ?? null,
})

function addCreate(tenant: Command, cli: Cli): void {
  withPlantOptions(tenant.command('create'))
    .description('Make a company with its owner; without a plant address, with a plant made by Andon')
    .argument('<name>', 'of the company')
    .argument('<admin_username>', 'of its owner')
    .argument('<admin_email>', 'of its owner')
    .option('--password <password>', 'of its owner, instead of stdin or ANDON_PASSWORD')
    .option('--slug <slug>', 'in addresses: /t/slug')
    .action((companyName: string, username: string, email: string, options: Create) =>
      cli.withContext(async (ctx) => {
        const password = await secretOf(cli, options.password, 'ANDON_PASSWORD', 'a password')
        const url = urlOf(cli, options.dbUrl)
        const config = { language: 'es', theme: 'dark', ...(options.timeZone && { timezone: options.timeZone }) }
        const made = await refusing(cli, () =>
          createTenantWithAdmin(ctx.db, ctx, {
            companyName,
            username,
            email,
            password,
            config,
            ...(options.slug && { slug: options.slug }),
          }),
        )
        await noted(ctx, made.tenantId, 'tenant create')
        const state = await (url === null
          ? giveOwnPlant(ctx, by, made.tenantId)
          : attachPlant(ctx, by, made.tenantId, attachInput(url, options))
        ).catch((error: unknown) => {
          if (!(error instanceof Problem)) throw error
          const faults = (error.options.fields ?? []).map(({ message }) => message.en).join('; ')
          return cli.fail(
            `The company ${made.slug} was made, its plant was not attached: ${faults || error.detail('en')}. Next: andon tenant attach ${made.slug}`,
          )
        })
        if (options.json) cli.printJson({ tenant_id: made.tenantId, slug: made.slug, plant: plantJson(state) })
        else cli.print(`Made ${companyName} (tenant ${made.tenantId}, /t/${made.slug})\n${plantText(state)}`)
      }),
    )
}

const plantText = (state: PlantState): string => {
  if (state.kind === 'none') return 'No plant attached'
  if (state.kind === 'sealed') return 'The stored address of the plant cannot be opened: SECRET_KEY changed'
  return `Plant: ${state.address}${state.isOwn ? ', made by Andon' : ''}, ${state.canManage ? 'managed' : 'read only'}`
}
const plantJson = (state: PlantState) =>
  state.kind === 'attached' ? { address: state.address, can_manage: state.canManage, is_own: state.isOwn } : null

function addList(tenant: Command, cli: Cli): void {
  tenant
    .command('list')
    .description('All companies')
    .option('--json', 'as JSON')
    .action((options: Shared) =>
      cli.withContext(async (ctx) => {
        const { companies } = await listCompanies(ctx.db, {}, { offset: 0, limit: 10_000 })
        const rows = await Promise.all(companies.map(async (company) => ({ company, state: await plantState(ctx, company.tenantId) })))
        if (options.json)
          cli.printJson(
            rows.map(({ company, state }) => ({
              tenant_id: company.tenantId,
              uuid: company.uuid,
              slug: company.slug,
              company_name: company.name,
              is_active: company.isActive,
              plant: plantJson(state),
            })),
          )
        else
          for (const { company, state } of rows)
            cli.print(
              `${company.tenantId}\t${company.slug}\t${company.isActive ? 'active' : 'disabled'}\t${company.name}\t${plantText(state)}`,
            )
      }),
    )
}

function addState(tenant: Command, cli: Cli, word: 'disable' | 'enable', isActive: boolean): void {
  tenant
    .command(word)
    .description(isActive ? 'Let the people of a company in again' : 'Close a company: its sessions and tokens end at once, its data stays')
    .argument('<tenant>', 'id, UUID or slug')
    .action((ref: string) =>
      onTenant(cli, ref, async (ctx, { tenantId, name }) => {
        const isChanged = await setCompanyActive(ctx.db, ctx, null, tenantId, { isActive })
        await noted(ctx, tenantId, `tenant ${word}`)
        cli.print(`${name} is ${isActive ? 'active' : 'disabled'}${isChanged ? '' : ', as before'}`)
      }),
    )
}

function addVerify(tenant: Command, cli: Cli): void {
  tenant
    .command('verify')
    .description('Verify a company’s plant database; exit code 0 ok, 1 warnings, 2 errors')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--json', 'report as JSON')
    .option('--language <language>', 'es or en', 'en')
    .action((ref: string, options: VerifyOptions) => onTenant(cli, ref, (ctx, found) => verifyClient(cli, ctx, found, options)))
}

function addPlantCommands(tenant: Command, cli: Cli): void {
  const report = (options: Shared, state: PlantState): void =>
    options.json ? cli.printJson({ plant: plantJson(state) }) : cli.print(plantText(state))
  withPlantOptions(tenant.command('attach'))
    .description('Attach a plant database, tried before it is kept; without an address, one made by Andon')
    .argument('<tenant>', 'id, UUID or slug')
    .action((ref: string, options: Plant & Shared) =>
      onTenant(cli, ref, async (ctx, { tenantId }) => {
        const url = urlOf(cli, options.dbUrl)
        const state = url === null ? await giveOwnPlant(ctx, by, tenantId) : await attachPlant(ctx, by, tenantId, attachInput(url, options))
        await noted(ctx, tenantId, 'tenant attach')
        report(options, state)
      }),
    )
  tenant
    .command('rotate')
    .description('Another account for the same plant database, tried before it is kept')
    .argument('<tenant>', 'id, UUID or slug')
    .requiredOption('--user <user>', 'the new account')
    .option('--password <password>', 'instead of stdin or ANDON_PLANT_PASSWORD')
    .option('--json', 'report as JSON')
    .action((ref: string, options: Rotate) =>
      onTenant(cli, ref, async (ctx, { tenantId }) => {
        const password = await secretOf(cli, options.password, 'ANDON_PLANT_PASSWORD', 'a password')
        const state = await rotatePlant(ctx, by, tenantId, { user: options.user ?? '', password })
        await noted(ctx, tenantId, 'tenant rotate')
        report(options, state)
      }),
    )
  tenant
    .command('detach')
    .description('Take the plant away; the customer’s database is not touched')
    .argument('<tenant>', 'id, UUID or slug')
    .requiredOption('--confirm <name>', 'the exact name of the company')
    .action((ref: string, { confirm }: { readonly confirm: string }) =>
      onTenant(cli, ref, async (ctx, { tenantId, name }) => {
        await detachPlant(ctx, by, tenantId, confirm)
        await noted(ctx, tenantId, 'tenant detach')
        cli.print(`${name} has no plant any more`)
      }),
    )
}
