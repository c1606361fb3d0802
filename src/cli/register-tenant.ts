/** `andon register-tenant`: a company, its administrator and its plant database. */
import { readFile } from 'node:fs/promises'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { type Registered, type Registration, registerTenant } from '../plant/system/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = {
  readonly company?: string
  readonly user?: string
  readonly email?: string
  readonly password?: string
  readonly role?: string
  readonly db?: string
  readonly plantUrl?: string
  readonly timeZone?: string
  readonly performanceUnit?: string
  readonly managePlant?: boolean
  readonly config?: string
  readonly table: readonly string[]
  readonly dryRun?: boolean
  readonly json?: boolean
}

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value]

export const registerTenantCommand: CliCommand = (program, cli) => {
  program
    .command('register-tenant')
    .description('Register a company with its administrator and attach its plant database; run again, it changes only what differs')
    .argument('[company]', 'name of the company')
    .argument('[admin_user]', 'username of its administrator')
    .argument('[email]', 'of the administrator')
    .argument('[password]', 'better on stdin or in ANDON_PASSWORD: other users of this machine can read it here')
    .option('--company <name>', 'instead of the first argument')
    .option('--user <username>', 'instead of the second argument')
    .option('--email <email>', 'instead of the third argument')
    .option('--password <password>', 'instead of stdin or ANDON_PASSWORD')
    .option('--role <role>', 'of the administrator (default OWNER)')
    .option('--db <name>', 'name of the plant database, kept in the settings as db_name; completes a plant URL that names none')
    .option(
      '--plant-url <url>',
      'mysql://user@host/database, postgres://… or sqlite:///file; better in ANDON_PLANT_URL when it holds a password',
    )
    .option('--time-zone <zone>', 'of the plant, IANA (America/Bogota)')
    .option('--performance-unit <unit>', 'of production_line.performance: units_per_minute, units_per_hour or percent')
    .option('--manage-plant', 'Andon may create tables and write metadata in the plant database')
    .option('--no-manage-plant', 'Andon only reads it, and writes stops where the account may')
    .option('--config <file>', 'JSON file with settings of the company (config_tenant)')
    .option('--table <line=detections[,stops]>', 'name the tables of a line by hand (may be repeated)', collect, [])
    .option('--dry-run', 'only check what was given')
    .option('--json', 'report as JSON')
    .action(
      async (
        company: string | undefined,
        user: string | undefined,
        email: string | undefined,
        password: string | undefined,
        options: Options,
      ) => {
        const input = await inputOf(cli, { company, user, email, password, ...definedOf(options) }, options)
        await cli.withContext(async (ctx) => {
          if (!options.dryRun) await migrateWithBackup(ctx, migrations, { withoutBackup: false })
          const register = (more: Partial<Registration>) => registerTenant(ctx, { ...input, ...more }, { dryRun: options.dryRun ?? false })
          const registered = await register({})
            .catch(async (error) => {
              // Only a new company needs one: nobody waits for stdin when the company is there.
              if (!isPasswordMissing(error)) throw error
              return register({ password: await readPassword(cli) })
            })
            .catch((error) => cli.fail(reasonOf(error)))
          if (options.json) cli.printJson(jsonOf(registered, options.dryRun ?? false))
          else tell(cli, registered, input)
        })
      },
    )
}

type Who = {
  readonly company?: string | undefined
  readonly user?: string | undefined
  readonly email?: string | undefined
  readonly password?: string | undefined
}

/** Options that were given; an argument that was not must not hide them. */
const definedOf = ({ company, user, email, password }: Options): Who =>
  Object.fromEntries(Object.entries({ company, user, email, password }).filter(([, value]) => value !== undefined))

async function inputOf(cli: Cli, who: Who, options: Options): Promise<Registration> {
  const { company, user, email } = who
  if (!company || !user || !email)
    return cli.fail('Give company, administrator and e-mail: register-tenant <company> <admin_user> <email>, or --company --user --email')
  const config = options.config === undefined ? {} : await readConfigFile(cli, options.config)
  const plantUrl = options.plantUrl ?? (cli.env.ANDON_PLANT_URL || null)
  if (options.plantUrl && /:\/\/[^/@]*:[^/@]+@/.test(options.plantUrl))
    cli.note('Warning: the password in --plant-url can be read by other users of this machine; use ANDON_PLANT_URL.')
  return {
    companyName: company,
    username: user,
    email,
    password: givenPassword(cli, who.password),
    ...(options.role === undefined ? {} : { role: options.role }),
    plantUrl: plantUrl === null ? null : withDatabase(plantUrl, options.db),
    timeZone: options.timeZone ?? null,
    performanceUnit: options.performanceUnit ?? null,
    canManage: options.managePlant ?? null,
    config: options.db === undefined ? config : { ...config, db_name: options.db },
    tables: options.table.flatMap((text) => tablesOf(cli, text)),
  }
}

/** `mysql://host/` and `--db plant` → `mysql://host/plant`; a URL that names its database is left alone. */
const withDatabase = (url: string, name: string | undefined): string => {
  const bare = /^((?:mysql|mariadb|postgres|postgresql)(?:\+\w+)?:\/\/[^/?]+)\/?(\?.*)?$/i.exec(url)
  return name !== undefined && bare ? `${bare[1]}/${encodeURIComponent(name)}${bare[2] ?? ''}` : url
}

async function readConfigFile(cli: Cli, file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    return cli.fail(`${file} holds no JSON object`)
  } catch (error) {
    return cli.fail(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function givenPassword(cli: Cli, given: string | undefined): string | null {
  if (given === undefined) return cli.env.ANDON_PASSWORD || null
  cli.note('Warning: a password on the command line can be read by other users of this machine; use stdin or ANDON_PASSWORD.')
  return given
}

const isPasswordMissing = (error: unknown): boolean => error instanceof Problem && error.code === 'password_missing'

async function readPassword(cli: Cli): Promise<string> {
  const given = process.stdin.isTTY ? '' : await cli.readStdin()
  return given === '' ? cli.fail('No password: give it on stdin or in ANDON_PASSWORD') : given
}

function tablesOf(cli: Cli, text: string): Registration['tables'] {
  const parts = /^(\d+)=([^,]*)(?:,(.*))?$/.exec(text)
  if (!parts || (!parts[2] && !parts[3])) return cli.fail(`--table ${text}: use <line id>=<detection table>[,<downtime table>]`)
  const lineId = Number(parts[1])
  return [
    ...(parts[2] ? [{ lineId, kind: 'detection' as const, tableName: parts[2] }] : []),
    ...(parts[3] ? [{ lineId, kind: 'downtime' as const, tableName: parts[3] }] : []),
  ]
}

const jsonOf = (registered: Registered | null, dryRun: boolean) => ({
  dry_run: dryRun,
  ...(registered && {
    tenant_id: registered.tenantId,
    slug: registered.slug,
    created: registered.isNewCompany,
    plant: registered.plant,
    plant_address: registered.plantAddress,
  }),
})

function tell(cli: Cli, registered: Registered | null, input: Registration): void {
  if (registered === null) {
    cli.print('What was given is valid; nothing was written.')
    return
  }
  const { tenantId, slug, isNewCompany, plant, plantAddress } = registered
  cli.print(`${isNewCompany ? 'Registered' : 'Was there already:'} ${input.companyName} (tenant ${tenantId}, /t/${slug})`)
  cli.print(
    { attached: `Plant attached: ${plantAddress}`, made: `Plant made by Andon: ${plantAddress}`, kept: `Plant as before: ${plantAddress}` }[
      plant
    ],
  )
  cli.print(`Next: bin/andon verify-client ${tenantId}`)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) throw error
  const faults = (error.options.fields ?? []).map(({ path, message }) => `${path}: ${message.en}`)
  return faults.length > 0 ? `Refused, nothing was written: ${faults.join('; ')}` : error.detail('en')
}
