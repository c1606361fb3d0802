/** Table of contents of the web server: one line per module's routes. */
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Context } from './context.ts'
import { accessPolicy, errorViews, registerIdentityRoutes } from './identity/index.ts'
import { registerAttachPages } from './plant/attach/index.ts'
import { createBoards, registerBoardRoutes } from './plant/board/index.ts'
import { registerBrokerPages, registerBrokerRoutes } from './plant/broker/index.ts'
import { registerClockHealthRoutes } from './plant/clock-health/index.ts'
import { registerComparisonRoutes } from './plant/comparison/index.ts'
import { registerConfigurationPages, registerConfigurationRoutes } from './plant/configuration/index.ts'
import { registerConfigurationFile } from './plant/configuration-file/index.ts'
import { registerDashboardPages, registerDashboardRoutes } from './plant/dashboards/index.ts'
import { registerDetectionApi, registerDetectionPages } from './plant/detection-lists/index.ts'
import { registerDowntimeApi, registerDowntimePages } from './plant/downtime-pages/index.ts'
import { registerEditingPages, registerEditingRoutes } from './plant/editing/index.ts'
import { registerExportRoutes } from './plant/exports/index.ts'
import { registerIngestPages, registerIngestRoutes } from './plant/ingest/index.ts'
import { registerLayoutEditor } from './plant/layout-editor/index.ts'
import { registerLiveRoutes } from './plant/live/index.ts'
import { linesToChoose } from './plant/model/index.ts'
import { registerMqttPages } from './plant/mqtt/index.ts'
import { plantNavigation } from './plant/navigation.ts'
import { registerOperatorRoutes } from './plant/operator/index.ts'
import { registerSiteRoutes } from './plant/sites/index.ts'
import { registerStopRoutes } from './plant/stops/index.ts'
import { registerSystemRoutes } from './plant/system/index.ts'
import { registerTablePages, registerTableRoutes } from './plant/tables/index.ts'
import { registerTelemetryRoutes } from './plant/telemetry/index.ts'
import { giveOwnPlant, registerTenantPages, registerTenantPlantRoutes } from './plant/tenants/index.ts'
import { registerFileRoutes } from './platform/files/index.ts'
import { registerCatalogRoutes } from './platform/geo/index.ts'
import { buildServer, type Readiness } from './platform/http/index.ts'
import type { Text } from './platform/i18n/index.ts'
import { createSharedLimit } from './platform/limits/index.ts'
import { banner, html } from './platform/ui/index.ts'

export type AppContext = Omit<Context, 'close'>

const insecureLan: Text = {
  es: 'Esta instalación usa http sin cifrar: las contraseñas viajan en claro por la red de la planta.',
  en: 'This installation uses plain http: passwords cross the plant network in the clear.',
}

async function readiness({ db }: Pick<Context, 'db'>): Promise<Readiness> {
  try {
    await sql`select 1`.execute(db.kysely)
    return { db: true }
  } catch {
    return { db: false }
  }
}

/** A server with every route, not yet listening. */
export async function buildApp(ctx: AppContext): Promise<FastifyInstance> {
  const { config, log, clock, metrics, distDir } = ctx
  const app = await buildServer({
    settings: config.http,
    app: ctx.app,
    log,
    clock,
    policy: accessPolicy(ctx),
    sharedLimit: createSharedLimit(ctx),
    errorViews,
    readiness: () => readiness(ctx),
    metrics,
    distDir,
    banners: (language) => (config.http.isInsecureLan ? [banner({ tone: 'warning', body: html`${insecureLan[language]}` })] : []),
  })
  registerFileRoutes(app, ctx)
  registerCatalogRoutes(app, ctx)
  registerIdentityRoutes(app, {
    ...ctx,
    plantLines: (tenantId) => linesToChoose(ctx.plants, tenantId),
    companyLinks: (page, company, actor) => plantNavigation(page, company, actor, null),
    // a company that people found by themselves starts with a plant of ours
    companyMade: async (tenantId) => void (await giveOwnPlant(ctx, { actor: null, mayBeFile: true }, tenantId)),
  })
  registerDashboardRoutes(app, ctx)
  registerDashboardPages(app, ctx)
  registerExportRoutes(app, ctx)
  registerComparisonRoutes(app, ctx)
  registerLayoutEditor(app, ctx)
  registerDetectionApi(app, ctx)
  registerDetectionPages(app, ctx)
  registerDowntimeApi(app, ctx)
  registerDowntimePages(app, ctx)
  const boards = createBoards(ctx)
  registerBoardRoutes(app, { boards })
  registerOperatorRoutes(app, { ...ctx, boards })
  registerStopRoutes(app, { ...ctx, isJobEnabled: ctx.config.downtime.isJobEnabled })
  const live = registerLiveRoutes(app, ctx)
  // what came in through this process need not be looked for
  const unlisten = ctx.ingest.onWritten((tenantId) => live.nudge(tenantId))
  app.shell.stopping.addEventListener('abort', unlisten)
  registerSystemRoutes(app, { ...ctx, live, isJobEnabled: ctx.config.downtime.isJobEnabled })
  registerTelemetryRoutes(app, ctx)
  registerConfigurationRoutes(app, ctx)
  registerConfigurationPages(app, ctx)
  registerSiteRoutes(app, ctx)
  registerEditingRoutes(app, ctx)
  registerEditingPages(app, ctx)
  registerClockHealthRoutes(app, ctx)
  registerIngestRoutes(app, ctx)
  registerIngestPages(app, ctx)
  registerAttachPages(app, ctx)
  registerConfigurationFile(app, ctx)
  registerTableRoutes(app, ctx)
  registerTablePages(app, ctx)
  registerBrokerRoutes(app, ctx)
  registerBrokerPages(app, ctx)
  registerMqttPages(app, ctx)
  registerTenantPlantRoutes(app, ctx)
  registerTenantPages(app, ctx)
  return app
}
