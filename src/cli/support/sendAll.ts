/** Items that are being sent at the same time, at most: a broker that is slower holds up the source. */
const IN_FLIGHT = 256;

/**
 * Sends each item, several at a time. Rejects with the first failure; else resolves when all are sent.
 * @param send undefined for an item that is left out
 */
export async function sendAll<Item>(items: AsyncIterable<Item>, send: (item: Item) => Promise<void> | undefined): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  for await (const item of items) {
    const sending = send(item);
    if (!sending) continue;
    inFlight.add(sending);
    // A failed one stays in the set, so that the next wait rejects.
    sending.then(
      () => inFlight.delete(sending),
      () => {},
    );
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
}
