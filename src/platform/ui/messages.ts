/** What the frame and the components say by themselves. Pages bring their own words. */
import { defineMessages } from '../i18n/i18n.ts'

export const uiMessages = defineMessages({
  'skip.to_content': { es: 'Ir al contenido', en: 'Skip to content' },
  'nav.main': { es: 'Principal', en: 'Main' },
  'nav.menu': { es: 'Menú', en: 'Menu' },
  'theme.toggle': { es: 'Cambiar entre tema claro y oscuro', en: 'Switch between light and dark theme' },
  'language.choose': { es: 'Idioma', en: 'Language' },
  'user.menu': { es: 'Cuenta de {name}', en: 'Account of {name}' },
  'user.account': { es: 'Mi cuenta', en: 'My account' },
  'user.logout': { es: 'Cerrar sesión', en: 'Sign out' },
  'user.companies': { es: 'Empresas', en: 'Companies' },
  'multiselect.chosen': { es: '{count} elegidas', en: '{count} chosen' },
  'multiselect.search': { es: 'Buscar opción', en: 'Search options' },
  'multiselect.none': { es: 'Sin coincidencias', en: 'No matches' },
  'table.search': { es: 'Buscar en la tabla', en: 'Search the table' },
  'table.sort': { es: 'Ordenar por {column}', en: 'Sort by {column}' },
  'table.empty': { es: 'No hay filas', en: 'No rows' },
  'table.no_match': { es: 'Ninguna fila coincide con la búsqueda', en: 'No row matches the search' },
  'dialog.close': { es: 'Cerrar', en: 'Close' },
  'request.failed': {
    es: 'No se pudo actualizar. Revise la conexión e intente de nuevo.',
    en: 'Could not update. Check the connection and try again.',
  },
  'toast.region': { es: 'Avisos', en: 'Notices' },
  'session.expired': { es: 'La sesión terminó', en: 'Your session ended' },
  'session.expired.detail': { es: 'Vuelva a ingresar para seguir viendo los datos.', en: 'Sign in again to keep seeing the data.' },
  'session.sign_in': { es: 'Ingresar', en: 'Sign in' },
})
