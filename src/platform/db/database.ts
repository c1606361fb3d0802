/** The platform database as the rest of the code sees it: one Kysely, whatever the engine. */
import type { Kysely } from 'kysely'
import type { AuditTables } from '../../identity/audit/tables.ts'
import type { DisplayTables } from '../../identity/displays/tables.ts'
import type { InvitationTables } from '../../identity/invitations/tables.ts'
import type { KeyTables } from '../../identity/keys/tables.ts'
import type { LegacyTables } from '../../identity/legacy/tables.ts'
import type { LinkTables } from '../../identity/links/tables.ts'
import type { LockoutTables } from '../../identity/lockout/tables.ts'
import type { MfaTables } from '../../identity/mfa/tables.ts'
import type { SessionTables } from '../../identity/sessions/tables.ts'
import type { TenantTables } from '../../identity/tenants/tables.ts'
import type { UserTables } from '../../identity/users/tables.ts'
import type { ArchiveTables } from '../../plant/archive/tables.ts'
import type { PlantAttachTables } from '../../plant/attach/tables.ts'
import type { SourceTables } from '../../plant/broker/tables.ts'
import type { ConfigurationFileTables } from '../../plant/configuration-file/tables.ts'
import type { DashboardTables } from '../../plant/dashboards/tables.ts'
import type { HistoryTables } from '../../plant/history/tables.ts'
import type { IngestTables } from '../../plant/ingest/tables.ts'
import type { PlantModelTables } from '../../plant/model/tables.ts'
import type { MqttTables } from '../../plant/mqtt/tables.ts'
import type { ScrapTables } from '../../plant/scrap/tables.ts'
import type { PlantSourceTables } from '../../plant/source/tables.ts'
import type { StopStoreTables } from '../../plant/stop-store/tables.ts'
import type { TableCareTables } from '../../plant/tables/tables.ts'
import type { FileTables } from '../files/tables.ts'
import type { GeoTables } from '../geo/tables.ts'
import type { IdempotencyTables } from '../idempotency/tables.ts'
import type { JobTables } from '../jobs/tables.ts'
import type { LimitTables } from '../limits/tables.ts'
import type { MailTables } from '../mail/tables.ts'

export const engines = ['sqlite', 'postgres', 'mysql'] as const
/** `mysql` is MySQL and MariaDB. */
export type Engine = (typeof engines)[number]

/** Joins every module's `tables.ts` (types only). Add `extends …Tables` here when a module gets tables. */
export interface Database
  extends AuditTables,
    ArchiveTables,
    ConfigurationFileTables,
    DashboardTables,
    DisplayTables,
    FileTables,
    GeoTables,
    HistoryTables,
    IdempotencyTables,
    IngestTables,
    InvitationTables,
    JobTables,
    KeyTables,
    LimitTables,
    LinkTables,
    LockoutTables,
    MailTables,
    MfaTables,
    MqttTables,
    PlantAttachTables,
    PlantModelTables,
    PlantSourceTables,
    LegacyTables,
    ScrapTables,
    SessionTables,
    SourceTables,
    StopStoreTables,
    TableCareTables,
    TenantTables,
    UserTables {}

/** The platform database, no tenant chosen: identity, jobs, migrations. A transaction is a `Db` too. */
export type Db = { readonly kysely: Kysely<Database>; readonly engine: Engine }

/** Platform rows of one tenant. Query functions that touch tenant tables take this, so none can be called without a tenant. */
export type TenantDb = Db & { readonly tenantId: number }
