/** What was done to the instances and the broker, and when, in Unix milliseconds. */
export class Timeline {
  readonly #actions: { readonly name: string; readonly atMs: number }[] = [{ name: 'start', atMs: 0 }];

  add(name: string): void {
    this.#actions.push({ name, atMs: Date.now() });
  }

  latest(): string {
    return this.#actions.at(-1)!.name;
  }

  /** Why a call was made a second time: the first action since the first call that can part a call from its answer. */
  causeOf(firstCallMs: number, lastCallMs: number): string {
    const cause = this.#actions.find(({ name, atMs }, n) => {
      const untilMs = this.#actions[n + 1]?.atMs ?? Infinity;
      return /kill|freeze|Broker/.test(name) && atMs <= lastCallMs && untilMs > firstCallMs;
    });
    return cause?.name ?? this.#actions.findLast(({ atMs }) => atMs <= lastCallMs)!.name;
  }
}
