/** In the place of the first page while the server is asked who one is, and does not say so at once: its database may be away. */
export function SlowServer() {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
      <title>Patchbay</title>
      <p role="status" className="font-medium text-base">
        Waiting for the server
      </p>
      <p className="text-muted text-sm">It has not answered yet, and is asked again.</p>
    </main>
  );
}
