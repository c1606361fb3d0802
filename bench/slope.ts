/** Least squares: how a figure grows, in its unit per unit of time. Null for fewer than two instants. */
export function slopeOf(points: readonly (readonly [at: number, value: number])[]): number | null {
  const mean = (pick: 0 | 1): number => points.reduce((sum, point) => sum + point[pick], 0) / points.length
  const [meanAt, meanValue] = [mean(0), mean(1)]
  const spread = points.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0)
  if (points.length < 2 || spread === 0) return null
  return points.reduce((sum, [at, value]) => sum + (at - meanAt) * (value - meanValue), 0) / spread
}
