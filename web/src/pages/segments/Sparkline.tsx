/** Sparkline draws a few numbers as a line without axes, with a point for each and the last one marked. */
export function Sparkline({ points, label }: { points: number[]; label: string }) {
  if (points.length < 2) return null;
  const [w, h] = [80, 22];
  const low = Math.min(...points);
  const range = Math.max(...points) - low || 1;
  const at = points.map((p, i) => [3 + (i * (w - 6)) / (points.length - 1), h - 4 - ((p - low) / range) * (h - 8)]) as [
    number,
    number,
  ][];
  return (
    <svg width={w} height={h} viewBox={`0 0 ${w} ${h}`} role="img" aria-label={label}>
      <title>{label}</title>
      <polyline points={at.map((p) => p.join(",")).join(" ")} fill="none" stroke="#0072B2" strokeWidth="1.5" />
      {at.map(([x, y], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a point is known by its place
        <circle key={i} cx={x} cy={y} r={i === at.length - 1 ? 2.5 : 1.2} fill="#0072B2" />
      ))}
    </svg>
  );
}
