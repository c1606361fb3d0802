/** `andon audit …`: whether the audit log is as it was written. */
import { findTenant, verifyAudit } from '../identity/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = { readonly tenant?: string; readonly anchor?: string; readonly json?: boolean }

export const auditCommand: CliCommand = (program, cli) => {
  program
    .command('audit')
    .description('The audit log')
    .command('verify')
    .description('Checks every row against its seal; exit code 1 when one was changed, taken out or put in')
    .option('--tenant <company>', 'only the chain of this company (slug, id or UUID)')
    .option('--anchor <sequence:seal>', 'with --tenant: a head written down earlier, which the chain must still contain')
    .option('--json', 'report as JSON')
    .action((options: Options) =>
      cli.withContext(async ({ db, clock, secrets }) => {
        const tenantId = options.tenant === undefined ? undefined : await tenantIdOf(cli, db, options.tenant)
        const anchor = anchorOf(cli, options)
        const verified = await verifyAudit(
          db,
          { clock, secrets },
          { ...(tenantId !== undefined && { tenantId }), ...(anchor && { anchor }) },
        )
        if (options.json) cli.printJson(reportOf(verified))
        else for (const line of linesOf(verified)) cli.print(line)
        if (!verified.isWhole) cli.fail('The audit log is not as it was written')
      }),
    )
}

type Verified = Awaited<ReturnType<typeof verifyAudit>>

async function tenantIdOf(cli: Cli, db: Parameters<typeof findTenant>[0], ref: string): Promise<number> {
  const tenant = await findTenant(db, ref)
  return tenant?.tenantId ?? cli.fail(`There is no company ${ref}`)
}

function anchorOf(cli: Cli, { anchor, tenant }: Options) {
  if (anchor === undefined) return null
  const [, sequence, seal] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(anchor) ?? []
  if (tenant === undefined) cli.fail('--anchor belongs to one chain: name it with --tenant')
  if (sequence === undefined || seal === undefined) cli.fail('--anchor is SEQUENCE:SEAL, as `andon audit verify` prints it')
  return { sequence: Number(sequence), seal }
}

const reportOf = ({ chains, foreignLogIds, missingLogIds, isWhole }: Verified) => ({
  is_whole: isWhole,
  chains: chains.map(({ tenantId, rows, firstSequence, lastSequence, lastSeal, fault }) => ({
    tenant_id: tenantId,
    rows,
    first_sequence: firstSequence,
    head: `${lastSequence}:${lastSeal}`,
    fault,
  })),
  foreign_log_ids: foreignLogIds,
  missing_log_ids: missingLogIds,
})

const faultText: Readonly<Record<string, string>> = {
  chain_changed: 'the record of its beginning or end was changed',
  anchor_missing: 'does not contain the head that was written down',
  row_changed: 'row changed',
  row_missing: 'row taken out',
  seal_missing: 'seals taken out',
}

function linesOf({ chains, foreignLogIds, missingLogIds }: Verified): string[] {
  const ofChains = chains.map(({ tenantId, rows, lastSequence, lastSeal, fault }) => {
    const name = tenantId === null ? 'platform' : `company ${tenantId}`
    if (!fault) return `ok      ${name}: ${rows} rows, head ${lastSequence}:${lastSeal}`
    const where = 'sequence' in fault ? ` at ${fault.sequence}${'logId' in fault ? ` (log ${fault.logId})` : ''}` : ''
    return `BROKEN  ${name}: ${faultText[fault.kind]}${where}`
  })
  return [
    ...ofChains,
    ...(foreignLogIds.length > 0 ? [`BROKEN  rows put in from outside: ${foreignLogIds.join(', ')}`] : []),
    ...(missingLogIds.length > 0 ? [`BROKEN  rows taken out before they were sealed: ${missingLogIds.join(', ')}`] : []),
  ]
}
