import { defineMessages } from '../../platform/i18n/index.ts'

export const pictureMessages = defineMessages({
  'avatar.title': { es: 'Foto', en: 'Picture' },
  'avatar.alt': { es: 'Su foto', en: 'Your picture' },
  'avatar.none': { es: 'Todavía no tiene foto.', en: 'You have no picture yet.' },
  'logo.title': { es: 'Logotipo', en: 'Logo' },
  'logo.alt': { es: 'Logotipo de la empresa', en: 'Logo of the company' },
  'logo.none': { es: 'La empresa todavía no tiene logotipo.', en: 'The company has no logo yet.' },
  file: { es: 'Imagen', en: 'Image' },
  choose: { es: 'Elegir imagen…', en: 'Choose an image…' },
  hint: {
    es: 'JPEG, PNG o WebP de hasta 2 MB.',
    en: 'JPEG, PNG or WebP of up to 2 MB.',
  },
  submit: { es: 'Guardar imagen', en: 'Save image' },
  remove: { es: 'Quitar imagen', en: 'Remove image' },
  'notice.saved': { es: 'Imagen guardada.', en: 'Image saved.' },
  'notice.removed': { es: 'Imagen quitada.', en: 'Image removed.' },
  'notice.upload_too_large': { es: 'La imagen supera los 2 MB.', en: 'The image exceeds 2 MB.' },
  'notice.unsupported_media_type': {
    es: 'El archivo no es una imagen JPEG, PNG o WebP.',
    en: 'The file is not a JPEG, PNG or WebP image.',
  },
  'notice.image_unreadable': {
    es: 'La imagen está dañada o es demasiado grande (más de 24 megapíxeles).',
    en: 'The image is damaged or too large (more than 24 megapixels).',
  },
  'notice.validation_failed': { es: 'Elija una imagen.', en: 'Choose an image.' },
})
