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
      <path d="M52 20v18c0 34 50 46 64 20" fill="none" stroke="var(--accent-9)" strokeWidth="3" strokeLinecap="round" />
      <circle cx="52" cy="20" r="5" fill="var(--accent-9)" />
      <circle cx="117" cy="56" r="5" fill="var(--accent-9)" />
      <path d="m121 50 3-6" stroke="var(--accent-9)" strokeWidth="4" strokeLinecap="round" />
    </svg>
  );
}
