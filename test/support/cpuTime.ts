// How long work keeps this process busy, whatever else the machine does meanwhile.

/** Runs `work`. @returns its value, and the processor time of this process in milliseconds */
export function cpuTimed<Value>(work: () => Value): { value: Value; milliseconds: number } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, milliseconds: (user + system) / 1000 };
}
