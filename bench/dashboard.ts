/** The short run: the twelve widgets against the plain SQL for the same figures, on a MariaDB plant of 1 M detections that is made and dropped. */
import process from 'node:process'

process.argv.push('--only', 'warm,plain', '--days', '7,30')
await import('./history.ts')
