/** The form of a profile: the own one on the account page, somebody else's in the administration. */
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import { listCities, listCountries, listProvinces } from '../../platform/geo/index.ts'
import { button, csrf, field, type Html, html, type Option, type PageContext, select } from '../../platform/ui/index.ts'
import { categories, genders, type ProfileInput } from '../users/index.ts'
import { type Words, wordsOf } from './list-view.ts'

const text = Type.Optional(Type.String({ maxLength: 500 }))

/** Fields as a form sends them. */
export const ProfileForm = Type.Object(
  {
    full_name: text,
    first_name: text,
    last_name: text,
    phone: text,
    national_id: text,
    birth_date: text,
    gender: text,
    title: text,
    category: text,
    timezone: text,
    country_code: text,
    province_id: text,
    city_id: text,
  },
  { default: {} },
)
export type ProfileForm = Static<typeof ProfileForm>

export type PlaceOptions = {
  readonly countries: readonly Option[]
  /** Of the stored country; none without one. */
  readonly provinces: readonly Option[]
  /** Of the stored province. */
  readonly cities: readonly Option[]
}

type Place = { readonly country_code: string | null; readonly province_id: number | null; readonly city_id: number | null }

/** A list depends on what is stored, so each choice is saved before the next one is offered: no script is needed. */
export async function placeOptions(db: Db, { country_code, province_id }: Place, language: 'es' | 'en'): Promise<PlaceOptions> {
  const most = { limit: 500 }
  const country = country_code ?? undefined
  const [countries, provinces, cities] = await Promise.all([
    listCountries(db, most),
    country === undefined ? [] : listProvinces(db, most, { country }),
    province_id === null ? [] : listCities(db, most, { provinceId: province_id }),
  ])
  return {
    countries: countries.map(({ iso2, name, name_en }) => ({ value: iso2, label: language === 'es' ? name : name_en })),
    provinces: provinces.map(({ id, name }) => ({ value: String(id), label: name })),
    cities: cities.map(({ id, name }) => ({ value: String(id), label: name })),
  }
}

const numberOf = (typed: string | undefined): number | null | undefined =>
  typed === undefined ? undefined : /^\d{1,15}$/.test(typed) ? Number(typed) : null

/** What the form asks to change. A city of the province before, or a province of the country before, goes with the larger place. */
export function profileOfForm(form: ProfileForm, stored: Place): ProfileInput {
  const { country_code, province_id: province, city_id: city, ...rest } = form
  const place = { country_code: country_code ?? null, province_id: numberOf(province) ?? null, city_id: numberOf(city) ?? null }
  if (country_code === undefined && province === undefined && city === undefined) return rest
  if ((place.country_code || null) !== stored.country_code) return { ...rest, country_code: place.country_code }
  if (place.province_id !== stored.province_id) return { ...rest, country_code: place.country_code, province_id: place.province_id }
  // The same place stays as it is stored: a region, which the form does not show, would be lost.
  return place.city_id === stored.city_id ? rest : { ...rest, ...place }
}

export type Shown = { readonly [Name in keyof ProfileForm]?: string | number | null } & Place

export type ProfileFormView = {
  readonly page: PageContext
  readonly action: string
  readonly profile: Shown
  readonly typed: ProfileForm | null
  readonly errors: Readonly<Record<string, string>>
  /** Written once: what is there stays. */
  readonly isNationalIdFixed: boolean
  readonly places: PlaceOptions
  /** Above the others, such as the address. */
  readonly before?: Html
}

export function profileForm({ page, action, profile, typed, errors, isNationalIdFixed, places, before }: ProfileFormView): Html {
  const t = wordsOf(page)
  const value = (name: keyof ProfileForm) => typed?.[name] ?? profile[name] ?? ''
  const line = (name: keyof ProfileForm, label: string, more: Partial<Parameters<typeof field>[0]> = {}) =>
    field({ name, label, value: value(name), error: errors[name], ...more })
  const choice = (name: keyof ProfileForm, label: string, options: readonly Option[], hint?: string) =>
    select({ name, label, value: String(value(name)), error: errors[name], hint, options: [{ value: '', label: t('unset') }, ...options] })
  const nationalId = isNationalIdFixed
    ? html`<dl class="facts"><dt>${t('national_id')}</dt><dd>${profile.national_id}</dd></dl>`
    : line('national_id', t('national_id'), { maxLength: 20, hint: t('national_id_hint') })
  return html`
    <form class="stack" method="post" action="${page.url(action)}">
      ${csrf(page)}
      <div class="form-grid">
        ${before ?? ''}
        ${line('full_name', t('full_name'), { maxLength: 200, autocomplete: 'name' })}
        ${line('first_name', t('first_name'), { maxLength: 50, autocomplete: 'given-name' })}
        ${line('last_name', t('last_name'), { maxLength: 50, autocomplete: 'family-name' })}
        ${line('phone', t('phone'), { type: 'tel', maxLength: 20, autocomplete: 'tel' })}
        ${line('title', t('job_title'), { maxLength: 80, autocomplete: 'organization-title' })}
        ${choice('category', t('category'), categoryOptions(t))}
        ${line('birth_date', t('birth_date'), { type: 'date', min: '1900-01-01', autocomplete: 'bday' })}
        ${choice(
          'gender',
          t('gender'),
          genders.map((word) => ({ value: word, label: t(`gender.${word}`) })),
        )}
        ${nationalId}
        ${line('timezone', t('timezone'), { maxLength: 64, hint: t('timezone_hint') })}
        ${choice('country_code', t('country'), places.countries, places.provinces.length === 0 ? t('place_hint') : undefined)}
        ${places.provinces.length === 0 ? '' : choice('province_id', t('province'), places.provinces, places.cities.length === 0 ? t('place_hint') : undefined)}
        ${places.cities.length === 0 ? '' : choice('city_id', t('city'), places.cities)}
      </div>
      <div class="cluster">${button({ label: t('save'), look: 'primary' })}</div>
    </form>`
}

export const categoryOptions = (t: Words): Option[] => categories.map((word) => ({ value: word, label: t(`category.${word}`) }))
