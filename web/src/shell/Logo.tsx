/** Logo is the mark of kreds: two circles that overlap. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#3450c4" />
      <g fill="none" stroke="#fff" strokeWidth="2.5">
        <circle cx="12.5" cy="16" r="6.5" />
        <circle cx="19.5" cy="16" r="6.5" opacity="0.65" />
      </g>
    </svg>
  );
}
