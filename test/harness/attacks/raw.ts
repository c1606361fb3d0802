/** Requests as no browser sends them: paths, hosts and halves of requests arrive as they are written. */
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export type RawAnswer = { readonly status: number; readonly location: string; readonly text: string }

/** `path` is the request line's target, byte for byte. */
export function rawClient(url: string): {
  readonly send: (method: string, path: string, headers?: Readonly<Record<string, string>>) => Promise<RawAnswer>
  readonly close: () => void
} {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const send = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const sent = request({ hostname, port, agent, method, path, headers: { accept: 'text/html', ...headers } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', text }))
      })
      sent.on('error', reject)
      sent.end()
    })
  return { send, close: () => agent.destroy() }
}

/** Writes `bytes` and nothing more; what the server says until it hangs up. */
export const untilHangUp = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket: Socket = connect(Number(port), hostname, () => void socket.write(bytes))
    let heard = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk
    })
    socket.on('error', reject).on('close', () => resolve(heard))
  })
