/** Buttons and links that look like buttons. */
import { type Html, html } from '../html.ts'
import { type IconName, icon } from '../icons.ts'

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

export type Button = {
  readonly label: string
  readonly look?: ButtonLook
  readonly icon?: IconName
  readonly type?: 'submit' | 'button' | 'reset'
  /** Sent with the form when this button submits it. */
  readonly name?: string
  readonly value?: string
  readonly id?: string
  readonly isDisabled?: boolean
  readonly isWide?: boolean
}

export const button = ({
  label,
  look = 'secondary',
  icon: iconName,
  type = 'submit',
  name,
  value,
  id,
  isDisabled = false,
  isWide = false,
}: Button): Html => html`
  <button class="btn btn--${look} ${isWide ? 'btn--wide' : ''}" type="${type}"${id ? html` id="${id}"` : ''}${name ? html` name="${name}" value="${value ?? ''}"` : ''}${isDisabled ? html` disabled` : ''}>
    ${iconName ? icon(iconName) : ''}<span>${label}</span>
  </button>`

export const linkButton = ({
  label,
  href,
  look = 'secondary',
  icon: iconName,
}: {
  label: string
  href: string
  look?: ButtonLook
  icon?: IconName
}): Html => html`<a class="btn btn--${look}" href="${href}">${iconName ? icon(iconName) : ''}<span>${label}</span></a>`
