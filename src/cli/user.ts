/** `andon user …`: people, from the machine itself. */

import type { Command } from 'commander'
import { createUser, findTenant, listUsers, promote, resetLink, setActive, setPassword, unlock } from '../identity/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = { readonly password?: string; readonly json?: boolean }

export const userCommand: CliCommand = (program, cli) => {
  const user = program.command('user').description('People')
  user
    .command('set-password')
    .description("Sets a person's password, read from stdin or ANDON_PASSWORD; all their sessions end")
    .argument('<user>', 'username or e-mail')
    .option('--password <password>', 'instead of stdin (other users of this machine can read it)')
    .option('--json', 'report as JSON')
    .action((identifier: string, options: Options) =>
      cli.withContext(async ({ db, clock }) => {
        const password = await passwordOf(cli, options)
        const { userId, username, endedSessions } = await setPassword(db, { clock }, identifier, password).catch((error) =>
          cli.fail(reasonOf(error, identifier)),
        )
        if (options.json) cli.printJson({ user_id: userId, username, ended_sessions: endedSessions })
        else cli.print(`Password of ${username} set; ${endedSessions} session(s) ended.`)
      }),
    )
  addList(user, cli)
  addCreate(program, cli)
  addPromote(user, cli)
  for (const [name, description, isActive] of [
    ['disable', 'Closes an account and ends its sessions', false],
    ['enable', 'Opens an account again', true],
  ] as const)
    user
      .command(name)
      .description(description)
      .argument('<user>', 'username or e-mail')
      .action((identifier: string) =>
        cli.withContext(async ({ db, clock }) => {
          const { username, endedSessions } = await told(cli, identifier, setActive(db, { clock }, identifier, isActive))
          cli.print(isActive ? `${username} may sign in again.` : `${username} may not sign in; ${endedSessions} session(s) ended.`)
        }),
      )
  user
    .command('unlock')
    .description('Opens an account that failed sign-ins have locked')
    .argument('<user>', 'username or e-mail')
    .action((identifier: string) =>
      cli.withContext(async ({ db, clock }) => {
        const { username } = await told(cli, identifier, unlock(db, { clock }, identifier))
        cli.print(`${username} is unlocked.`)
      }),
    )
  user
    .command('reset-link')
    .description('Prints a one-time link that sets the password, for an installation that sends no mail; it works for an hour')
    .argument('<user>', 'username or e-mail')
    .action((identifier: string) =>
      cli.withContext(async (ctx) => {
        const { url } = await told(cli, identifier, resetLink(ctx.db, ctx, identifier))
        cli.print(url)
      }),
    )
}

const addList = (user: Command, cli: Cli) =>
  user
    .command('list')
    .description('People and their companies')
    .option('--tenant <company>', 'only of this company (slug, id or UUID)')
    .option('--json', 'report as JSON')
    .action(({ tenant: ref, json }: { tenant?: string; json?: boolean }) =>
      cli.withContext(async ({ db }) => {
        const tenant = ref === undefined ? null : ((await findTenant(db, ref)) ?? cli.fail(`There is no company ${ref}`))
        const users = await listUsers(db, tenant?.tenantId ?? null)
        if (json) return cli.printJson(users)
        for (const { username, email, isActive, isSuperAdmin, status, companies } of users)
          cli.print(
            [username, email, isSuperAdmin ? 'SUPER_ADMIN' : '', isActive ? status : 'disabled', companies.join(' ')]
              .filter(Boolean)
              .join('  '),
          )
      }),
    )

type CreateOptions = Options & { readonly tenant: string; readonly role: string; readonly name?: string; readonly dryRun?: boolean }

const addCreate = (program: Command, cli: Cli) =>
  program
    .command('create-user')
    .description('A person of a company; the password is read from stdin or ANDON_PASSWORD. One who is there already is left alone')
    .argument('<username>')
    .argument('<email>')
    .requiredOption('--tenant <company>', 'slug, id or UUID')
    .option('--role <role>', 'OWNER, ADMIN, MANAGER, OPERATOR, SELLER, ACCOUNTANT, VIEWER or a role of the company', 'VIEWER')
    .option('--password <password>', 'instead of stdin (other users of this machine can read it)')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'report as JSON')
    .action((username: string, email: string, { tenant: ref, role, dryRun = false, ...options }: CreateOptions) =>
      cli.withContext(async ({ db, clock }) => {
        const tenant = (await findTenant(db, ref)) ?? cli.fail(`There is no company ${ref}`)
        const known = (await listUsers(db, tenant.tenantId)).some((user) => user.username === username.toLowerCase())
        const report = (isMade: boolean, text: string) =>
          options.json ? cli.printJson({ username, company: tenant.slug, role, made: isMade, dry_run: dryRun }) : cli.print(text)
        if (known) return report(false, `${username} is in ${tenant.name} already.`)
        if (dryRun) return report(false, `Would make ${username}, ${role} of ${tenant.name}.`)
        const password = await passwordOf(cli, options)
        await told(cli, username, createUser(db, { clock }, null, { tenantId: tenant.tenantId, username, email, password, role }))
        report(true, `${username} is ${role} of ${tenant.name}.`)
      }),
    )

const addPromote = (user: Command, cli: Cli) =>
  user
    .command('promote')
    .description('Gives somebody a role in a company')
    .argument('<user>', 'username or e-mail')
    .requiredOption('--tenant <company>', 'slug, id or UUID')
    .requiredOption('--role <role>', 'OWNER, ADMIN, MANAGER, OPERATOR, SELLER, ACCOUNTANT, VIEWER or a role of the company')
    .action((identifier: string, { tenant: ref, role: word }: { tenant: string; role: string }) =>
      cli.withContext(async ({ db, clock }) => {
        const tenant = (await findTenant(db, ref)) ?? cli.fail(`There is no company ${ref}`)
        const { username, role } = await told(cli, identifier, promote(db, { clock }, identifier, tenant, word))
        cli.print(`${username} is ${role} of ${tenant.name}.`)
      }),
    )

const told = <T>(cli: Cli, identifier: string, work: Promise<T>): Promise<T> => work.catch((error) => cli.fail(reasonOf(error, identifier)))

async function passwordOf(cli: Cli, { password }: Options): Promise<string> {
  if (password !== undefined) {
    cli.note('Warning: a password on the command line can be read by other users of this machine; use stdin or ANDON_PASSWORD.')
    return password
  }
  const given = cli.env.ANDON_PASSWORD || (await cli.readStdin())
  if (given === '') cli.fail('No password: give it on stdin or in ANDON_PASSWORD')
  return given
}

function reasonOf(error: unknown, identifier: string): string {
  if (!(error instanceof Problem)) throw error
  if (error.code === 'user_not_found') return `There is no user ${identifier}`
  const faults = (error.options.fields ?? []).map(({ message }) => message.en)
  return faults.length > 0 ? `Refused: ${faults.join('; ')}` : error.detail('en')
}
