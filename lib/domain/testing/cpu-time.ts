/** How much processor time this thread spends on it, in milliseconds. A clock would also count what others do on a busy machine. */
export function measureCpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
