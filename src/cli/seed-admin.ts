/** `andon seed-admin`: an operator of the platform, or with `--tenant` an administrator of a company. */
import { findTenant, seedAdmin } from '../identity/index.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = {
  readonly email: string
  readonly username?: string
  readonly password?: string
  readonly tenant?: string
  readonly allowWeak?: boolean
  readonly reset?: boolean
  readonly json?: boolean
}

const weakPassword = 2

export const seedAdminCommand: CliCommand = (program, cli) => {
  program
    .command('seed-admin')
    .aliases(['users:seed-admin'])
    .description(
      'Makes or repairs an operator of the platform; an existing password stays unless --reset. Exit code 1: address refused, 2: weak password',
    )
    .requiredOption('--email <address>', 'of the person')
    .option('--username <name>', 'default: the part of the address before its @')
    .option(
      '--password <password>',
      'better in ANDON_PASSWORD (other users of this machine can read it here); without one it is made and shown once',
    )
    .option('--tenant <company>', 'ADMIN of this company (slug, id or UUID) instead of operator of the platform')
    .option('--allow-weak', 'accept a weak password, to be changed at the first sign-in; never in production')
    .option('--reset', 'set the password of an account that is there')
    .option('--json', 'report as JSON')
    .action((options: Options) => seed(cli, options))
}

const seed = (cli: Cli, options: Options): Promise<void> =>
  cli.withContext(async (ctx) => {
    const { db, clock, config } = ctx
    if (options.allowWeak && config.isProduction) cli.fail('--allow-weak is refused in production', weakPassword)
    if (options.password !== undefined)
      cli.note('Warning: a password on the command line can be read by other users of this machine; use ANDON_PASSWORD.')
    await migrateWithBackup(ctx, migrations, { withoutBackup: false })
    const tenant = options.tenant === undefined ? null : await findTenant(db, options.tenant)
    if (options.tenant !== undefined && !tenant) cli.fail(`There is no company ${options.tenant}`)
    const done = await seedAdmin(
      db,
      { clock },
      {
        email: options.email,
        ...(options.username !== undefined && { username: options.username }),
        password: options.password ?? (cli.env.ANDON_PASSWORD || null),
        tenantId: tenant?.tenantId ?? null,
        allowsWeak: options.allowWeak ?? false,
        resets: options.reset ?? false,
      },
    ).catch((error) => refuse(cli, error))
    if (options.json)
      return cli.printJson({
        user_id: done.userId,
        username: done.username,
        outcome: done.outcome,
        generated_password: done.generatedPassword,
      })
    const role = tenant ? `ADMIN of ${tenant.name}` : 'operator of the platform'
    cli.print(`${done.username} is ${role} (${done.outcome}).`)
    if (done.generatedPassword !== null) cli.print(`Password, shown this once: ${done.generatedPassword}`)
  })

function refuse(cli: Cli, error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const fields = error.options.fields ?? []
  const isWeak = fields.some(({ path }) => path === 'password')
  const reasons = fields.map(({ path, message }) => `${path}: ${message.en}`)
  return cli.fail(reasons.length > 0 ? reasons.join('; ') : error.detail('en'), isWeak ? weakPassword : 1)
}
