/** The pad of digits: who signs, and with which PIN. Nothing of it stays in the page. */
import { recall, remember } from '../dom.ts'

export type Signed = { readonly signer: number; readonly pin: string }

/** Null: thought better of it. */
export function askSignature(what: string, shortText: string): Promise<Signed | null> {
  const dialog = document.querySelector<HTMLDialogElement>('#op-sign')
  const form = dialog?.querySelector<HTMLFormElement>('form')
  const pin = dialog?.querySelector<HTMLInputElement>('[data-op-pin]')
  const fault = dialog?.querySelector<HTMLElement>('[data-op-sign-fault]')
  if (!dialog || !form || !pin || !fault) return Promise.resolve(null)
  const subject = dialog.querySelector('[data-op-sign-what]')
  if (subject) subject.textContent = what
  pin.value = ''
  fault.hidden = true
  const people = [...form.querySelectorAll<HTMLInputElement>('[name=signer]')]
  const last = recall('operator.signer')
  for (const person of people) person.checked = person.value === last || people.length === 1
  return new Promise((resolve) => {
    const over = new AbortController()
    const { signal } = over
    const end = (signed: Signed | null): void => {
      over.abort()
      pin.value = ''
      dialog.close()
      resolve(signed)
    }
    form.addEventListener(
      'submit',
      (event) => {
        event.preventDefault()
        const chosen = people.find(({ checked }) => checked)
        if (!chosen || !/^\d{4,8}$/.test(pin.value)) {
          fault.textContent = shortText
          fault.hidden = false
          return
        }
        remember('operator.signer', chosen.value)
        end({ signer: Number(chosen.value), pin: pin.value })
      },
      { signal },
    )
    dialog.addEventListener(
      'click',
      (event) => {
        const key = event.target instanceof Element ? event.target.closest<HTMLElement>('button') : null
        if (key?.dataset.opDigit !== undefined) pin.value = (pin.value + key.dataset.opDigit).slice(0, 8)
        if (key?.dataset.opClear !== undefined) pin.value = ''
        if (key?.dataset.opCancel !== undefined) end(null)
      },
      { signal },
    )
    dialog.addEventListener(
      'cancel',
      (event) => {
        event.preventDefault()
        end(null)
      },
      { signal },
    )
    dialog.showModal()
    pin.focus()
  })
}
