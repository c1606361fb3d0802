/** What an entry of the audit log says beside who did what: names and values in words. */
import { defineMessages, formatInstant, formatNumber, type Language } from '../../platform/i18n/index.ts'
import { permissionNames } from '../permission-names.ts'
import type { Permission } from '../permissions.ts'
import { roleText } from '../role-text.ts'
import { endText } from './messages.ts'

const messages = defineMessages({
  'detail.name': { es: 'nombre', en: 'name' },
  'detail.username': { es: 'usuario', en: 'username' },
  'detail.email': { es: 'correo', en: 'e-mail' },
  'detail.role': { es: 'rol', en: 'role' },
  'detail.old': { es: 'antes', en: 'before' },
  'detail.new': { es: 'ahora', en: 'now' },
  'detail.kind': { es: 'medio', en: 'by' },
  'detail.reason': { es: 'motivo', en: 'reason' },
  'detail.fields': { es: 'campos', en: 'fields' },
  'detail.changed': { es: 'campos', en: 'fields' },
  'detail.scopes': { es: 'permisos', en: 'permissions' },
  'detail.grants': { es: 'permisos', en: 'permissions' },
  'detail.modules': { es: 'módulos', en: 'modules' },
  'detail.line': { es: 'línea', en: 'line' },
  'detail.status': { es: 'estado', en: 'status' },
  'detail.command': { es: 'orden', en: 'command' },
  'detail.uses': { es: 'usos', en: 'uses' },
  'detail.left': { es: 'quedan', en: 'left' },
  'detail.mfa': { es: 'segundo factor', en: 'second factor' },
  'detail.plant': { es: 'planta', en: 'plant' },
  'detail.address': { es: 'dirección', en: 'address' },
  'detail.filters': { es: 'filtros', en: 'filters' },
  'detail.link': { es: 'enlace abierto', en: 'open link' },
  'detail.again': { es: 'reenvío', en: 'sent again' },
  'detail.invited': { es: 'con invitación', en: 'by invitation' },
  'detail.isInvited': { es: 'con invitación', en: 'by invitation' },
  'detail.source': { es: 'origen', en: 'source' },
  'detail.tier': { es: 'nivel', en: 'tier' },
  'detail.config': { es: 'ajustes', en: 'settings' },
  'detail.sessions': { es: 'sesiones cerradas', en: 'sessions ended' },
  'detail.deleted': { es: 'cerrada por su dueño', en: 'closed by its owner' },
  'detail.has_avatar': { es: 'con foto', en: 'with picture' },
  'detail.has_logo': { es: 'con logotipo', en: 'with logo' },
  'detail.category': { es: 'categoría', en: 'category' },
  'detail.from': { es: 'de', en: 'from' },
  'detail.to': { es: 'a', en: 'to' },
  'detail.what': { es: 'qué', en: 'what' },
  'detail.by': { es: 'por', en: 'by' },
  'detail.account': { es: 'cuenta', en: 'account' },
  'detail.membership': { es: 'acceso', en: 'membership' },
  'detail.screen': { es: 'pantalla', en: 'display' },
  'detail.format': { es: 'formato', en: 'format' },
  'detail.table': { es: 'tabla', en: 'table' },
  'detail.bytes': { es: 'bytes', en: 'bytes' },
  'detail.rows': { es: 'filas', en: 'rows' },
  'detail.line_id': { es: 'línea', en: 'line' },
  'detail.lineId': { es: 'línea', en: 'line' },
  'detail.line_ids': { es: 'líneas', en: 'lines' },
  'detail.area_ids': { es: 'áreas', en: 'areas' },
  'detail.product_id': { es: 'producto', en: 'product' },
  'detail.product_ids': { es: 'productos', en: 'products' },
  'detail.shift_id': { es: 'turno', en: 'shift' },
  'detail.start_date': { es: 'desde', en: 'from' },
  'detail.start_time': { es: 'desde las', en: 'from the time' },
  'detail.end_date': { es: 'hasta', en: 'until' },
  'detail.end_time': { es: 'hasta las', en: 'until the time' },
  'detail.interval': { es: 'intervalo', en: 'interval' },
  'detail.downtime_threshold': { es: 'umbral de parada', en: 'stop threshold' },
  'detail.curve_type': { es: 'curva', en: 'curve' },
  'detail.show_downtime': { es: 'paradas a la vista', en: 'stops shown' },
  'detail.highlight_peaks': { es: 'picos a la vista', en: 'peaks shown' },
  'detail.search': { es: 'búsqueda', en: 'search' },
  'detail.stored': { es: 'guardadas', en: 'stored' },
  'detail.extended': { es: 'alargadas', en: 'extended' },
  'detail.from_epoch': { es: 'desde', en: 'from' },
  'detail.until_epoch': { es: 'hasta', en: 'until' },
  'detail.start_epoch': { es: 'inicio', en: 'start' },
  'detail.end_epoch': { es: 'fin', en: 'end' },
  'detail.spans': { es: 'períodos', en: 'spans' },
  'detail.retention_months': { es: 'meses conservados', en: 'months kept' },
  'detail.months_ahead': { es: 'meses por adelantado', en: 'months ahead' },
  'detail.archive': { es: 'archivando', en: 'archiving' },
  'detail.quantity': { es: 'cantidad', en: 'quantity' },
  'detail.before': { es: 'antes', en: 'before' },
  'detail.after': { es: 'después', en: 'after' },
  'detail.outcome': { es: 'resultado', en: 'outcome' },
  'detail.partitions': { es: 'particiones', en: 'partitions' },
  'detail.month': { es: 'mes', en: 'month' },
  'detail.monthsAhead': { es: 'meses por adelantado', en: 'months ahead' },
  'detail.keptMonths': { es: 'meses conservados', en: 'months kept' },
  'detail.isArchiving': { es: 'archivando', en: 'archiving' },
  'detail.managed': { es: 'administrada por Andon', en: 'managed by Andon' },
  'detail.enabled': { es: 'activa', en: 'enabled' },
  'detail.base_url': { es: 'dirección', en: 'address' },
  'detail.auth_type': { es: 'autenticación', en: 'authentication' },
  'detail.companies': { es: 'empresas', en: 'companies' },
  'detail.version': { es: 'versión', en: 'version' },
  'detail.widgets': { es: 'tarjetas', en: 'widgets' },
  'detail.tabs': { es: 'pestañas', en: 'tabs' },
  'detail.saved': { es: 'guardadas', en: 'saved' },
  'detail.left_out': { es: 'omitidas', en: 'left out' },
  'value.browser': { es: 'navegador', en: 'browser' },
  'value.api': { es: 'programa', en: 'program' },
  'value.true': { es: 'sí', en: 'yes' },
  'value.false': { es: 'no', en: 'no' },
  'value.stored': { es: 'guardadas', en: 'stored' },
  'value.suppressed': { es: 'ocultada', en: 'suppressed' },
  'value.restored': { es: 'restauradas', en: 'restored' },
  'value.tablero': { es: 'tablero', en: 'dashboard' },
  'value.comparacion': { es: 'comparación', en: 'comparison' },
  'value.kpis': { es: 'indicadores', en: 'figures' },
  'value.series': { es: 'producción por tiempo', en: 'production over time' },
  'value.distribution': { es: 'distribución', en: 'distribution' },
  'value.stops': { es: 'paradas', en: 'stops' },
  'value.reasons': { es: 'motivos', en: 'reasons' },
  'value.inputs': { es: 'datos por línea', en: 'inputs per line' },
  'value.all': { es: 'todas', en: 'all' },
  'value.minute': { es: 'minuto', en: 'minute' },
  'value.15min': { es: '15 minutos', en: '15 minutes' },
  'value.hour': { es: 'hora', en: 'hour' },
  'value.day': { es: 'día', en: 'day' },
  'value.week': { es: 'semana', en: 'week' },
  'value.month': { es: 'mes', en: 'month' },
  'value.attached': { es: 'conectada', en: 'attached' },
  'value.detached': { es: 'desconectada', en: 'detached' },
  'value.rotated': { es: 'otra cuenta', en: 'another account' },
  'value.ensure': { es: 'crear particiones', en: 'make partitions' },
  'value.take_out': { es: 'sacar meses viejos', en: 'take out old months' },
  'value.restore': { es: 'traer de vuelta', en: 'bring back' },
  'value.smooth': { es: 'suave', en: 'smooth' },
  'value.linear': { es: 'recta', en: 'linear' },
  'value.stepped': { es: 'escalonada', en: 'stepped' },
})

/** Only these hold words of ours: what a person typed is never translated. */
const ofWords: ReadonlySet<string> = new Set(['kind', 'what', 'table', 'interval', 'curve_type', 'plant', 'line_id'])
const ofRoles: ReadonlySet<string> = new Set(['role', 'old', 'new'])
const ofPermissions: ReadonlySet<string> = new Set(['scopes', 'grants'])
const ofAmounts: ReadonlySet<string> = new Set(['bytes', 'rows', 'quantity', 'stored'])

/** `rol: Lectura · usuario: ana`; words that we do not know are shown as they were written. Instants are those of `timeZone`. */
export function detailText(json: string, language: Language, timeZone: string): string {
  const wordOr = (key: string, otherwise: string): string =>
    Object.hasOwn(messages, key) ? messages[key as keyof typeof messages][language] : otherwise
  const text = (name: string, value: unknown): string => {
    if (Array.isArray(value)) return value.map((one) => text(name, one)).join(', ')
    if (value === null) return '—'
    if (typeof value === 'object') return pairs(Object.entries(value)).join(', ')
    if (typeof value === 'number' && (name.endsWith('_epoch') || name === 'spans')) return formatInstant(value * 1_000, language, timeZone)
    if (typeof value === 'number' && ofAmounts.has(name)) return formatNumber(value, language)
    const word = String(value)
    if (typeof value === 'boolean' || ofWords.has(name)) return wordOr(`value.${word}`, word)
    if (name === 'reason') return endText(word, language)
    if (ofRoles.has(name)) return roleText(word, language)
    return ofPermissions.has(name) ? (permissionNames[word as Permission]?.[language] ?? word) : word
  }
  const pairs = (entries: readonly (readonly [string, unknown])[]): string[] =>
    entries.map(([name, value]) => `${wordOr(`detail.${name}`, name)}: ${text(name, value)}`)
  const told = Object.entries(JSON.parse(json) as object).filter(([, value]) => value !== null)
  return pairs(told).join(' · ')
}
