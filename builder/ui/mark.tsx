/** The name's picture: two sockets of a patch bay, a cable between them, a lamp that is lit. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className}>
      <rect width="24" height="24" rx="6" fill="var(--accent-9)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="1.75" strokeLinecap="round">
        <path d="M9.5 7.25c6.2 0-1.2 9.5 5 9.5" />
        <circle cx="7" cy="7.25" r="2.5" />
        <circle cx="17" cy="16.75" r="2.5" />
      </g>
      <circle cx="17" cy="7.25" r="1.75" fill="var(--mark-lamp)" />
    </svg>
  );
}
