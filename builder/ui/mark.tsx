/** The name's picture: two sockets of a patch bay, a cable between them, a lamp that is lit. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className}>
      <rect width="24" height="24" rx="6" fill="var(--accent-9)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="1.75" strokeLinecap="round">
        <circle cx="7" cy="8" r="2.6" />
        <circle cx="17" cy="8" r="2.6" />
        <path d="M7 8v4.5a5 5 0 0 0 10 0V8" />
      </g>
    </svg>
  );
}
