/** Everything the pages do in the browser, in one script: htmx and its CSP gate must never load apart. Charts come when a chart is there. */
import './trusted-types.ts'
import 'htmx.org/dist/htmx.esm.js'
import 'htmx.org/dist/ext/hx-csp.js'
import { startCharts } from './charts.ts'
import { startCopy } from './copy.ts'
import { startFiles } from './files.ts'
import { startFilters } from './filters.ts'
import { startLive } from './live.ts'
import { startMenus } from './menus.ts'
import { startPreferences } from './preferences.ts'
import { startRequests } from './requests.ts'
import { startSession } from './session.ts'
import { startTables } from './tables.ts'

startRequests()
startSession()
startPreferences()
startMenus()
startTables()
startCopy()
startFiles()
startFilters()
startCharts()
startLive()
