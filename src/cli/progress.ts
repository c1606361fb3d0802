/** A bar on a terminal; without one, a line at every quarter. */

export type ProgressBar = { readonly show: (fraction: number, label: string) => void; readonly end: () => void }

const widthCells = 30

/** `out` null = silent. */
export function progressBar(out: (NodeJS.WritableStream & { readonly isTTY?: boolean }) | null): ProgressBar {
  let printed = -1
  const step = out?.isTTY ? 100 : 4
  return {
    show(fraction, label) {
      const at = Math.floor(Math.min(1, Math.max(0, fraction)) * step)
      if (out === null || at <= printed) return
      printed = at
      const filled = Math.round((at / step) * widthCells)
      const percent = `${Math.round((at / step) * 100)} %`
      out.write(
        out.isTTY
          ? `\r\x1b[K${'█'.repeat(filled)}${'░'.repeat(widthCells - filled)} ${percent.padStart(5)}  ${label}`
          : `${label} ${percent}\n`,
      )
    },
    end() {
      if (out?.isTTY && printed >= 0) out.write('\n')
    },
  }
}
