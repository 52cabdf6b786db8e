/** Bins draws a distribution as small bars without axes. */
export function Bins({
  counts,
  label,
  width = 120,
  height = 32,
}: {
  counts: number[];
  label: string;
  width?: number;
  height?: number;
}) {
  const most = Math.max(...counts, 1);
  const step = width / Math.max(counts.length, 1);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {counts.map((n, i) => {
        const h = Math.max(n > 0 ? 1 : 0, (n / most) * height);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is known by its place
          <rect key={i} x={i * step} y={height - h} width={Math.max(1, step - 1)} height={h} fill="#0072B2" />
        );
      })}
    </svg>
  );
}
