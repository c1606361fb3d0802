/** One-time links in mails: their tokens, and how a page holds one without showing it. May use: audit. */
export { forgetLinkToken, keepLinkToken, readLinkToken } from './cookie.ts'
export { findLink, invalidateLinks, issueLink, type Link, type LinkDeps, newLinkToken, sweepLinks, useLink } from './links.ts'
export { type LinkPurpose, linkPurposes } from './tables.ts'
