/** A row of sockets, one cable that ends in none: for places with nothing in them. */
export function LooseCable() {
  const sockets = [20, 52, 84, 116, 148];
  return (
    <svg viewBox="0 0 168 88" aria-hidden="true" className="w-40">
      <rect x="1" y="1" width="166" height="38" rx="10" fill="var(--neutral-2)" stroke="var(--neutral-6)" />
      {sockets.map((x) => (
        <circle key={x} cx={x} cy="20" r="8" fill="var(--page)" stroke="var(--neutral-7)" strokeWidth="2" />
      ))}
      {sockets.map((x) => (
        <circle key={x} cx={x} cy="20" r="2.5" fill="var(--neutral-7)" />
      ))}
      <path d="M52 20v16c0 38 58 52 66 30" fill="none" stroke="var(--accent-9)" strokeWidth="3" strokeLinecap="round" />
      <circle cx="52" cy="20" r="5.5" fill="var(--accent-9)" />
      <g transform="translate(118.5 66) rotate(16)">
        <rect x="-1.5" y="-21" width="3" height="8" rx="1.5" fill="var(--neutral-8)" />
        <rect x="-4" y="-14" width="8" height="15" rx="2.5" fill="var(--accent-9)" />
      </g>
    </svg>
  );
}
