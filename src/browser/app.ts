/** Everything the pages do in the browser, in one script: htmx and its CSP gate must never load apart. Charts come when a chart is there. */
import './trusted-types.ts'
import 'htmx.org/dist/htmx.esm.js'
import 'htmx.org/dist/ext/hx-csp.js'
import { startBusy } from './busy.ts'
import { startCharts } from './charts.ts'
import { startCopy } from './copy.ts'
import { startDownloads } from './downloads.ts'
import { startDowntime } from './downtime.ts'
import { startExports } from './exports.ts'
import { startFiles } from './files.ts'
import { startFilters } from './filters.ts'
import { startLayoutEditor } from './layout-editor.ts'
import { startLive } from './live.ts'
import { startMenus } from './menus.ts'
import { startPreferences } from './preferences.ts'
import { startRequests } from './requests.ts'
import { startSession } from './session.ts'
import { startTables } from './tables.ts'
import { startTabs } from './tabs.ts'

startRequests()
startSession()
startPreferences()
startMenus()
startTables()
startTabs()
startCopy()
startFiles()
startExports()
startDownloads()
startFilters()
startBusy()
startCharts()
startLive()
startDowntime()
startLayoutEditor()
// What only screens need comes when one is there.
if (document.querySelector('#tv')) void import('./board.ts').then(({ startBoard }) => startBoard())
if (document.querySelector('#op')) void import('./operator/index.ts').then(({ startOperator }) => startOperator())
