/** Languages: catalogues, choice by request, and numbers and dates for people. */
export { formatDuration, formatInstant, formatLocalDate, formatLocalDateTime, formatNumber, formatRatio, noValue } from './format.ts'
export { defineMessages, formatText, type Language, type Parameters, type Text, translator } from './i18n.ts'
export { acceptedLanguage, asLanguage, chooseLanguage, languageCookie } from './negotiate.ts'
