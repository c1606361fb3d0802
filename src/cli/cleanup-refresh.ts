/** `andon cleanup-refresh`: refresh tokens that no check needs, and other leftovers; what the worker does daily at 03:30 UTC. */
import { cleanUpRefreshTokens, sweepIdentity } from '../identity/index.ts'
import type { CliCommand } from './cli.ts'

const days = (text: string): number => {
  if (!/^\d{1,4}$/.test(text)) throw new Error('--grace-days must be a whole number of days')
  return Number(text)
}

export const cleanupRefreshCommand: CliCommand = (program, cli) => {
  program
    .command('cleanup-refresh')
    .description('Delete refresh tokens that expired or were revoked, and used or expired one-time tokens, challenges and counters')
    .option('--grace-days <days>', 'keep what ended less than this many days ago', days, 0)
    .option('--json', 'the result is JSON anyway')
    .action(({ graceDays }: { graceDays: number }) =>
      cli.withContext(async (ctx) => {
        const { expired, revoked } = await cleanUpRefreshTokens(ctx, graceDays)
        await sweepIdentity(ctx)
        cli.printJson({ removed_expired: expired, removed_revoked: revoked })
      }),
    )
}
