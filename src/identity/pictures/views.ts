/** Cards of the account's and the company's page: the picture as it is, and the form that changes it. Works without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import { banner, button, card, csrf, fileField, type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { pictureMessages } from './messages.ts'

/** Of the signed-in person; shows by itself what was just done (`?avatar=`). */
export const avatarCard = (page: PageContext): Html => pictureCard(page, 'avatar', page.user?.avatar ?? null, identityPaths.avatar())

/** For somebody with `manage_company`; shows by itself what was just done (`?logo=`). */
export const logoCard = (page: PageContext, company: { readonly slug: string }): Html =>
  pictureCard(page, 'logo', page.user?.company?.logo ?? null, identityPaths.logo({ company: company.slug }))

function pictureCard(page: PageContext, kind: 'avatar' | 'logo', source: string | null, action: string): Html {
  const t = translator(pictureMessages, page.language)
  const picture = source
    ? html`<img class="picture picture--${kind}" src="${page.url(source)}" alt="${t(`${kind}.alt`)}">`
    : html`<p class="field__hint">${t(`${kind}.none`)}</p>`
  const body = html`
    <div class="stack">
      ${notice(page, kind)}
      ${picture}
      <form class="stack" method="post" action="${page.url(action)}" enctype="multipart/form-data">
        ${csrf(page)}
        ${fileField({ name: 'file', id: `f-${kind}`, label: t('file'), choose: t('choose'), accept: 'image/jpeg,image/png,image/webp', hint: t('hint') })}
        <div class="cluster">${button({ label: t('submit') })}</div>
      </form>
      ${source ? html`<form method="post" action="${page.url(`${action}/remove`)}">${csrf(page)}${button({ label: t('remove'), icon: 'delete' })}</form>` : ''}
    </div>`
  return card({ title: t(`${kind}.title`), body, id: kind })
}

/** The outcome travels in the address as a word of ours; others are not shown. */
function notice(page: PageContext, kind: 'avatar' | 'logo'): Html {
  const word = new URLSearchParams(page.here.split('?')[1]).get(kind)
  const key = `notice.${word}`
  if (!(key in pictureMessages)) return html``
  const tone = word === 'saved' || word === 'removed' ? 'success' : 'danger'
  return banner({ tone, body: translator(pictureMessages, page.language)(key as keyof typeof pictureMessages) })
}
