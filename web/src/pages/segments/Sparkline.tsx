/** Sparkline draws a few numbers as a line without axes. */
export function Sparkline({ points, label }: { points: number[]; label: string }) {
  if (points.length < 2) return null;
  const [w, h] = [80, 20];
  const low = Math.min(...points);
  const range = Math.max(...points) - low || 1;
  const at = points.map(
    (p, i) => `${((i * w) / (points.length - 1)).toFixed(1)},${(h - 2 - ((p - low) / range) * (h - 4)).toFixed(1)}`,
  );
  return (
    <svg width={w} height={h} viewBox={`0 0 ${w} ${h}`} role="img" aria-label={label}>
      <polyline points={at.join(" ")} fill="none" stroke="#0072B2" strokeWidth="1.5" />
    </svg>
  );
}
