/** Whether a broker refuses a transactional producer because another instance has initialised the same transactional id. */
export function isFenced(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = (cause as { originalError?: unknown }).originalError ?? cause.cause) {
    const { type, code } = cause as { type?: string; code?: number };
    if (type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED' || code === 90) return true;
  }
  return false;
}
