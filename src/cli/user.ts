/** `andon user …`: people, from the machine itself. */
import { setPassword } from '../identity/index.ts'
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
}

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
  return faults.length > 0 ? `The password was refused: ${faults.join('; ')}` : error.detail('en')
}
