/** Under `require-trusted-types-for 'script'` a string reaches innerHTML only through a policy. htmx brings its own, gated by the nonce;
 *  everybody else gets this one: emptying an element (charts do) is fine, anything else is refused. */
type PolicyFactory = { createPolicy(name: string, rules: { createHTML: (text: string) => string | null }): unknown }

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
factory?.createPolicy('default', { createHTML: (text) => (text === '' ? '' : null) })

export {}
