/** Bytes of this thread's own. What the whole process holds (`rss`) grows with what other test files do in it meanwhile. */
export function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
