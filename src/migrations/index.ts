/** All migrations of the platform database. Each module adds its line. */
import type { Migration } from '../platform/db/index.ts'
import { migration as jobs } from './0001-jobs.ts'
import { migration as usersAndCompanies } from './0100-users-and-companies.ts'
import { migration as sessions } from './0101-sessions.ts'
import { migration as audit } from './0102-audit.ts'
import { migration as profiles } from './0103-profiles.ts'
import { migration as mail } from './0110-mail.ts'
import { migration as files } from './0111-files.ts'
import { migration as geo } from './0112-geo.ts'
import { migration as workerHeartbeats } from './0113-worker-heartbeats.ts'
import { migration as loginFailures } from './0120-login-failures.ts'
import { migration as linkTokens } from './0121-link-tokens.ts'
import { migration as searchKey } from './0130-search-key.ts'
import { migration as invitations } from './0140-invitations.ts'
import { migration as secondFactor } from './0150-second-factor.ts'
import { migration as apiKeys } from './0151-api-keys.ts'
import { migration as displays } from './0152-displays.ts'
import { migration as auditSeals } from './0160-audit-seals.ts'
import { migration as loginCompany } from './0161-login-company.ts'
import { migration as legacyImports } from './0162-legacy-imports.ts'
import { migration as provenAddresses } from './0163-proven-addresses.ts'
import { migration as plantAttachments } from './0200-plant-attachments.ts'
import { migration as dashboards } from './0250-dashboards.ts'
import { migration as userQueries } from './0251-user-queries.ts'
import { migration as daySummaries } from './0300-day-summaries.ts'
import { migration as plantStops } from './0310-plant-stops.ts'
import { migration as idempotentRequests } from './0311-idempotent-requests.ts'
import { migration as stopOverrides } from './0312-stop-overrides.ts'
import { migration as plantEdits } from './0330-plant-edits.ts'
import { migration as layoutVersions } from './0350-layout-versions.ts'
import { migration as clockHealthWidget } from './0360-clock-health-widget.ts'
import { migration as plantAttachDrafts } from './0361-plant-attach-drafts.ts'
import { migration as configurationImports } from './0362-configuration-imports.ts'
import { migration as displayPages } from './0370-display-pages.ts'
import { migration as scrapNotes } from './0371-scrap-notes.ts'
import { migration as ingest } from './0400-ingest.ts'
import { migration as httpSources } from './0410-http-sources.ts'
import { migration as externalSourceWidget } from './0411-external-source-widget.ts'
import { migration as mqtt } from './0412-mqtt.ts'
import { migration as tableCare } from './0460-table-care.ts'

export const migrations: readonly Migration[] = [
  jobs,
  usersAndCompanies,
  sessions,
  audit,
  profiles,
  mail,
  files,
  geo,
  workerHeartbeats,
  loginFailures,
  linkTokens,
  searchKey,
  invitations,
  secondFactor,
  apiKeys,
  displays,
  auditSeals,
  loginCompany,
  legacyImports,
  provenAddresses,
  plantAttachments,
  dashboards,
  userQueries,
  daySummaries,
  plantStops,
  idempotentRequests,
  stopOverrides,
  plantEdits,
  clockHealthWidget,
  plantAttachDrafts,
  configurationImports,
  layoutVersions,
  displayPages,
  scrapNotes,
  ingest,
  httpSources,
  externalSourceWidget,
  mqtt,
  tableCare,
]
