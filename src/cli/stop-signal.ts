/** Aborts when the process is told to stop. A second signal ends it at once. */
export function stopSignal(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  return end.signal;
}
